using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cdi;

namespace Keelson.PodSandbox.Tests.Cdi;

public sealed class CdiNameTests
{
    [Theory]
    [InlineData("vendor.com/gpu=0")]
    [InlineData("vendor.com/gpu=gpu0:1.2_3-4")]
    [InlineData("v/c=n")]
    [InlineData("V-1_x/class.sub=all")]
    public void A_full_name_is_taken_as_it_is(string name) => Assert.Equal(name, CdiName.Parse(name).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("gpu0")]
    [InlineData("/dev/gpu0")]
    [InlineData("vendor.com=gpu0")]
    [InlineData("vendor.com/gpu")]
    [InlineData("vendor.com/gpu=")]
    [InlineData("/gpu=0")]
    [InlineData("vendor.com/=0")]
    [InlineData("1vendor/gpu=0")]
    [InlineData("vendor./gpu=0")]
    [InlineData("vendor.com/gpu/x=0")]
    [InlineData("vendor.com/gpu=-0")]
    [InlineData("vendor.com/gpu=0:")]
    [InlineData("vendor.com/gpu=a/b")]
    [InlineData("vendor.com/gpu=ü0")]
    [InlineData("vendor.com/gpu=0 ")]
    [InlineData("vendor.com/gpu=0=1")]
    public void What_is_no_full_name_is_refused_and_named(string name)
    {
        KeelsonException failure = Assert.Throws<KeelsonException>(() => CdiName.Parse(name));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains($"'{name}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_longer_than_a_file_name_is_refused() =>
        Assert.Throws<KeelsonException>(() => CdiName.Parse($"vendor.com/gpu={new string('a', 256)}"));

    [Fact]
    public void The_field_comes_before_the_annotations_and_each_device_counts_once()
    {
        ContainerConfig config = Samples.Container() with
        {
            CdiDevices = ["v.com/c=b", "v.com/c=a", "v.com/c=b"],
            Annotations = Maps.Of(
            [
                new("cdi.k8s.io/plugin_2", "v.com/c=d"),
                new("cdi.k8s.io/plugin_1", "v.com/c=c,v.com/c=a"),
                new("cdi.k8s.io.example/x", "no name"),
            ]),
        };
        Assert.Equal("v.com/c=b v.com/c=a v.com/c=c v.com/c=d", string.Join(' ', CdiRequest.Of(config)));
    }

    [Theory]
    [InlineData("gpu0")]
    [InlineData("")]
    [InlineData("v.com/c=a,")]
    [InlineData("v.com/c=a, v.com/c=b")]
    public void An_annotation_with_something_else_than_names_is_refused_by_its_key(string value)
    {
        ContainerConfig config = Samples.Container() with { Annotations = Maps.Of([new("cdi.k8s.io/plugin", value)]) };
        KeelsonException failure = Assert.Throws<KeelsonException>(() => CdiRequest.Of(config));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("annotation 'cdi.k8s.io/plugin'", failure.Message, StringComparison.Ordinal);
    }
}

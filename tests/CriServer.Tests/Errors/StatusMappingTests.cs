using Keelson.Core;
using Keelson.CriServer.Errors;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.Errors;

public sealed class StatusMappingTests
{
    [Fact]
    public void Every_kind_of_error_has_a_status()
    {
        Assert.All(Enum.GetValues<ErrorKind>(), kind => Assert.NotEqual(StatusCode.OK, StatusMapping.Of(kind)));
    }

    [Theory]
    [InlineData(ErrorKind.NotFound, 5)]
    [InlineData(ErrorKind.AlreadyExists, 6)]
    [InlineData(ErrorKind.DeadlineExceeded, 4)]
    [InlineData(ErrorKind.KubeletToken, 2)]
    [InlineData(ErrorKind.Unavailable, 14)]
    [InlineData(ErrorKind.Unimplemented, 12)]
    public void The_codes_that_the_kubelet_looks_at_are_these(ErrorKind kind, int code)
    {
        Assert.Equal(code, (int)StatusMapping.Of(kind));
    }

    [Fact]
    public void An_unforeseen_exception_is_Internal_and_names_its_type()
    {
        RpcException end = StatusMapping.Translate(new InvalidOperationException("boom"));
        Assert.Equal((StatusCode.Internal, "InvalidOperationException: boom"), (end.Status, end.Message));
    }
}

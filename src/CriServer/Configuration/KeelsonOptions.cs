using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.External;
using Keelson.Oci.Spec;
using Keelson.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Configuration;

/// <summary>The daemon's settings, typed.</summary>
internal sealed record KeelsonOptions
{
    internal required HostPath Root { get; init; }

    internal required HostPath State { get; init; }

    internal required HostPath Socket { get; init; }

    internal required HostPath Shim { get; init; }

    internal required string CgroupParent { get; init; }

    internal required bool SpareShim { get; init; }

    internal required TimeSpan ShutdownTimeout { get; init; }

    internal required LogLevel LogLevel { get; init; }

    internal required bool LogAsJson { get; init; }

    internal required HostPath CniConfigurationDirectory { get; init; }

    internal required ImmutableArray<HostPath> CniPluginDirectories { get; init; }

    internal required TimeSpan CniAddTimeout { get; init; }

    internal required TimeSpan CniDelTimeout { get; init; }

    internal required ImmutableArray<HostPath> CdiSpecDirectories { get; init; }

    internal required ImmutableArray<RlimitSpec> DefaultRlimits { get; init; }

    internal required ImmutableDictionary<string, RuntimeHandler> RuntimeHandlers { get; init; }

    internal required int ConcurrentLayers { get; init; }

    internal required TimeSpan ConnectTimeout { get; init; }

    internal required TimeSpan ProgressTimeout { get; init; }

    internal required ImmutableArray<string> PinnedImages { get; init; }

    internal required ImmutableDictionary<string, Images.RegistryOptions> Registries { get; init; }

    internal static KeelsonOptions From(Settings settings)
    {
        HostPath state = Path(settings, "state");
        return new KeelsonOptions
        {
            Root = Path(settings, "root"),
            State = state,
            Socket = settings.Find("socket") is { } socket ? HostPath.Parse(socket.Text) : state.Child("keelson.sock"),
            Shim = settings.Find("shim") is { } shim ? HostPath.Parse(shim.Text) : HostPath.Parse(AppContext.BaseDirectory).Child("keelson-shim"),
            CgroupParent = settings.Find("cgroup_parent")!.Text,
            SpareShim = settings.Find("spare_shim")!.Text == "true",
            ShutdownTimeout = Duration(settings, "shutdown_timeout"),
            LogLevel = Levels[settings.Find("log", "level")!.Text],
            LogAsJson = settings.Find("log", "format")!.Text == "json",
            CniConfigurationDirectory = Path(settings, "cni", "conf_dir"),
            CniPluginDirectories = ImmutableArray.CreateRange(settings.Find("cni", "bin_dirs")!.Texts, HostPath.Parse),
            CniAddTimeout = Duration(settings, "cni", "add_timeout"),
            CniDelTimeout = Duration(settings, "cni", "del_timeout"),
            CdiSpecDirectories = ImmutableArray.CreateRange(settings.Find("cdi", "spec_dirs")!.Texts, HostPath.Parse),
            DefaultRlimits = [.. settings.Find("containers", "default_rlimits")!.Texts.Select(text => RlimitTypes.TryParse(text)!)],
            RuntimeHandlers = settings.NamesBelow("runtimes").ToImmutableDictionary(name => name, name => Handler(settings, name, state)),
            ConcurrentLayers = (int)Number(settings, "images", "concurrent_layers"),
            ConnectTimeout = Duration(settings, "images", "connect_timeout"),
            ProgressTimeout = Duration(settings, "images", "progress_timeout"),
            PinnedImages = settings.Find("images", "pinned")!.Texts,
            Registries = settings.NamesBelow("registries").ToImmutableDictionary(host => host, host => Registry(settings, host)),
        };
    }

    private static readonly ImmutableDictionary<string, LogLevel> Levels = new Dictionary<string, LogLevel>
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    }.ToImmutableDictionary();

    /// <exception cref="KeelsonException">InvalidArgument: a handler without a program, or with a name that no RuntimeClass can have.</exception>
    private static RuntimeHandler Handler(Settings settings, string name, HostPath state) => new(
        name.Length <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? name
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"'runtimes.{name}': a handler's name has lower-case letters, digits and '-', at most 63"),
        new OciRuntime
        {
            Program = HostPath.Parse(settings.Find("runtimes", name, "path")?.Text
                ?? throw new KeelsonException(ErrorKind.InvalidArgument, $"'runtimes.{name}': no path of its program")),
            Root = settings.Find("runtimes", name, "root") is { } root ? HostPath.Parse(root.Text) : state.Child("oci").Child(name),
            Options = settings.Find("runtimes", name, "options")!.Texts,
        },
        settings.Find("runtimes", name, "annotations")!.Texts);

    private static Images.RegistryOptions Registry(Settings settings, string host) => new()
    {
        Mirrors = [.. settings.Find("registries", host, "mirrors")!.Texts.Select(text => new Uri(text))],
        PlainHttp = settings.Find("registries", host, "plain_http")!.Text == "true",
        SkipTlsVerify = settings.Find("registries", host, "skip_tls_verify")!.Text == "true",
        CertificateAuthorities = settings.Find("registries", host, "certificate_authorities") is { } file ? HostPath.Parse(file.Text) : null,
    };

    private static HostPath Path(Settings settings, params ReadOnlySpan<string> path) => HostPath.Parse(settings.Find(path)!.Text);

    private static TimeSpan Duration(Settings settings, params ReadOnlySpan<string> path) =>
        ValueSyntax.TryDuration(settings.Find(path)!.Text, out TimeSpan duration) ? duration : throw new InvalidOperationException();

    private static long Number(Settings settings, params ReadOnlySpan<string> path) =>
        ValueSyntax.TryNumber(settings.Find(path)!.Text, out long number) ? number : throw new InvalidOperationException();
}

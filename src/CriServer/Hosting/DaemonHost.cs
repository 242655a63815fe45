using Keelson.CriServer.Configuration;
using Keelson.CriServer.Errors;
using Keelson.CriServer.Hosting.Logging;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting;

/// <summary>
/// Runs the daemon in the generic host, which brings signals, ordered start and stop, and logging. Nothing is found
/// by the container: what is made of what is written out here and in <see cref="CompositionRoot"/>.
/// </summary>
internal static class DaemonHost
{
    /// <param name="settings">The configuration in force.</param>
    /// <param name="compose">Makes what the calls are served from.</param>
    /// <param name="log">Where lines go.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <param name="cancellationToken">Stops the daemon, as SIGTERM does.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(
        Settings settings,
        Func<KeelsonOptions, ILoggerFactory, Domain> compose,
        Stream log,
        Func<string, string?> environment,
        CancellationToken cancellationToken)
    {
        KeelsonOptions options = KeelsonOptions.From(settings);
        using StateDirectories directories = StateDirectories.Claim(options);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddProvider(new LineLoggerProvider(log, options.LogAsJson, TimeProvider.System));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout + TimeSpan.FromSeconds(5));
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.AddSingleton(services => compose(options, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => Server(services, settings, options));
        builder.Services.AddSingleton(services => new Daemon(
            services.GetRequiredService<GrpcServer>(),
            services.GetRequiredService<Domain>().RecoverAsync,
            options,
            new ServiceManager(environment),
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<ILogger<Daemon>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<Daemon>());
        builder.Services.AddHostedService(_ => new MemoryTrimmer(TimeProvider.System));

        IHost host = builder.Build();
        Daemon daemon = host.Services.GetRequiredService<Daemon>();
        try
        {
            await host.RunAsync(cancellationToken);
        }
        finally
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        return daemon.ExitCode;
    }

    private static GrpcServer Server(IServiceProvider services, Settings settings, KeelsonOptions options)
    {
        Domain domain = services.GetRequiredService<Domain>();
        return new GrpcServer(
            CallRegistry.Build(domain.Runtime, domain.Images, settings),
            new GrpcServerOptions { SocketPath = options.Socket.Value, TranslateError = StatusMapping.Translate },
            services.GetRequiredService<ILoggerFactory>());
    }
}

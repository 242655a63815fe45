namespace Keelson.Grpc;

/// <summary>A method with its handler, without the message types, so that one table holds them all.</summary>
internal abstract class ServerMethod(string path)
{
    internal string Path { get; } = path;

    /// <summary>A streaming call can outlast anything, so it ends when the server begins to stop.</summary>
    internal abstract bool EndsWithServer { get; }

    internal abstract Task InvokeAsync(ServerCall call);
}

namespace Keelson.CriServer.Commands;

/// <summary>An argument that can't be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);

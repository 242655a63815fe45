namespace Keelson.CriServer.Commands.Client;

/// <summary>What a word on the command line means.</summary>
/// <param name="Kind">Which sort of object.</param>
/// <param name="Id">Its whole id.</param>
/// <param name="Running">Whether a container runs or a pod is ready.</param>
internal sealed record FoundObject(ObjectKind Kind, string Id, bool Running);

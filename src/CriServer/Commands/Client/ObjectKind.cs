namespace Keelson.CriServer.Commands.Client;

/// <summary>What a word on the command line can mean.</summary>
internal enum ObjectKind
{
    Container,
    Pod,
    Image,
}

namespace Keelson.ImageService.Tests.Fakes;

/// <summary>How a connection goes on after the bytes that are sent.</summary>
public enum FakeEnding
{
    /// <summary>Closed in order (FIN).</summary>
    Close,

    /// <summary>Reset (RST).</summary>
    Reset,

    /// <summary>Left open and silent.</summary>
    Stall,
}

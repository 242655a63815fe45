using Keelson.Core;

namespace Keelson.Images.Pull;

/// <summary>Gives an I/O failure in the middle of a pull its kind.</summary>
internal static class PullFailures
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    internal static KeelsonException Of(string image, IOException failure) => (failure.HResult & 0xFFFF) is NoSpace or QuotaExceeded
        ? new KeelsonException(ErrorKind.ResourceExhausted, $"pull '{image}': {failure.Message}", failure)
        : new KeelsonException(ErrorKind.KubeletToken, $"RegistryUnavailable: pull '{image}': {failure.Message}", failure);
}

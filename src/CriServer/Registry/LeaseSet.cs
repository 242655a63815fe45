using Keelson.Core;
using Keelson.Images;

namespace Keelson.CriServer.Registry;

/// <summary>The leases of everything one container is made of.</summary>
internal sealed class LeaseSet(IImageService images) : IDisposable
{
    private readonly List<ImageLease> _leases = [];

    internal ResolvedImage Acquire(string name)
    {
        ImageLease lease = images.Acquire(name);
        _leases.Add(lease);
        return lease.Image;
    }

    /// <summary>As <see cref="Acquire"/>; the kubelet recognises the failure of an image volume by its first word.</summary>
    internal ResolvedImage AcquireVolume(string name)
    {
        try
        {
            return Acquire(name);
        }
        catch (KeelsonException e)
        {
            throw new KeelsonException(ErrorKind.KubeletToken, $"ImageVolumeMountFailed: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        foreach (ImageLease lease in _leases)
        {
            lease.Dispose();
        }
    }
}

using System.Collections.Immutable;
using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Images;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Records a container in a ready sandbox; nothing runs yet.</summary>
internal sealed class CreateContainer(IPodRuntime runtime, IImageService images)
{
    internal async Task<Cri.CreateContainerResponse> HandleAsync(Cri.CreateContainerRequest request, CallContext call)
    {
        SandboxSnapshot sandbox = ObjectLookup.Sandbox(runtime, request.PodSandboxId);
        ContainerConfig config = ContainerConfigMapping.ToDomain(request.Config);
        CheckUserNamespace(config, sandbox);

        // The runtime takes the leases over with the request and gives them up in every outcome; until then they are ours.
        var leases = new LeaseSet(images);
        CreateContainerRequest creation;
        try
        {
            creation = new CreateContainerRequest
            {
                SandboxId = sandbox.Id,
                Config = config,
                Image = leases.Acquire(config.Image.Image),
                VolumeImages = config.Mounts
                    .Where(m => m.Image is not null)
                    .Select(m => m.Image!.Image)
                    .Distinct(StringComparer.Ordinal)
                    .ToImmutableDictionary(name => name, leases.AcquireVolume),
                Lease = leases,
            };
        }
        catch
        {
            leases.Dispose();
            throw;
        }

        ContainerId id = await runtime.CreateContainerAsync(creation, call.CancellationToken);
        return new Cri.CreateContainerResponse { ContainerId = id.Value };
    }

    /// <summary>A user namespace belongs to the pod: a container may repeat the pod's, and say nothing else.</summary>
    private static void CheckUserNamespace(ContainerConfig config, SandboxSnapshot sandbox)
    {
        UserNamespaceOptions? own = config.Security.Namespaces.UserNamespace;
        UserNamespaceOptions? pod = sandbox.Config.Security.Namespaces.UserNamespace;
        bool equal = own is null
            || (own.Mode == (pod?.Mode ?? NamespaceMode.Node)
                && own.Uids.SequenceEqual(pod?.Uids ?? [])
                && own.Gids.SequenceEqual(pod?.Gids ?? []));
        Invalid.Unless(equal, "userns_options differ from the sandbox's");
    }
}

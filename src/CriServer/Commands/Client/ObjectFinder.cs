using Keelson.CriServer.Registry;

namespace Keelson.CriServer.Commands.Client;

/// <summary>Finds containers and pods by id, by the beginning of one, or by name, as people type them.</summary>
internal static class ObjectFinder
{
    internal static async Task<Cri.Container> ContainerAsync(CriClient client, string word, CancellationToken cancellationToken)
    {
        Cri.ListContainersResponse all = await client.CallAsync(RuntimeMethods.ListContainers, new Cri.ListContainersRequest(), cancellationToken);
        return Single("container", word, all.Containers, c => c.Id, c => c.Metadata.Name) ?? throw NotFound("container", word);
    }

    /// <summary>A container, else a pod, else (when asked for) an image.</summary>
    internal static async Task<FoundObject> AnyAsync(CriClient client, string word, bool images, CancellationToken cancellationToken)
    {
        Cri.ListContainersResponse containers = await client.CallAsync(RuntimeMethods.ListContainers, new Cri.ListContainersRequest(), cancellationToken);
        if (Single("container", word, containers.Containers, c => c.Id, c => c.Metadata.Name) is { } container)
        {
            return new FoundObject(ObjectKind.Container, container.Id, container.State == Cri.ContainerState.ContainerRunning);
        }

        Cri.ListPodSandboxResponse pods = await client.CallAsync(RuntimeMethods.ListPodSandbox, new Cri.ListPodSandboxRequest(), cancellationToken);
        if (Single("pod", word, pods.Items, p => p.Id, p => p.Metadata.Name) is { } pod)
        {
            return new FoundObject(ObjectKind.Pod, pod.Id, pod.State == Cri.PodSandboxState.SandboxReady);
        }

        if (images)
        {
            var request = new Cri.ImageStatusRequest { Image = new Cri.ImageSpec { Image = word } };
            if ((await client.CallAsync(ImageMethods.ImageStatus, request, cancellationToken)).Image is { } image)
            {
                return new FoundObject(ObjectKind.Image, image.Id, false);
            }
        }

        throw NotFound(images ? "container, pod or image" : "container or pod", word);
    }

    private static T? Single<T>(string kind, string word, IEnumerable<T> all, Func<T, string> id, Func<T, string> name)
        where T : class
    {
        T[] matching = [.. all.Where(o => word.Length > 0 && id(o).StartsWith(word, StringComparison.Ordinal))];
        if (matching.Length == 0)
        {
            matching = [.. all.Where(o => name(o) == word)];
        }

        return matching.Length > 1
            ? throw new UsageException($"{kind} '{word}' could be any of {string.Join(", ", matching.Select(o => id(o)[..12]))}")
            : matching.FirstOrDefault();
    }

    private static Core.KeelsonException NotFound(string kind, string word) => new(Core.ErrorKind.NotFound, $"{kind} '{word}': not found");
}

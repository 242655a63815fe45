namespace Keelson.Shim.Processes;

/// <summary>Processes by the name they were launched under, running and ended; names of launches under way are taken.</summary>
internal sealed class ProcessTable
{
    private readonly Dictionary<string, SupervisedProcess?> _processes = new(StringComparer.Ordinal);

    public int Count => _processes.Count;

    /// <summary>Takes a name; false when it is taken.</summary>
    public bool TryReserve(string id) => _processes.TryAdd(id, null);

    /// <summary>Gives a name back after a failed launch.</summary>
    public void Release(string id) => _processes.Remove(id);

    public void Set(SupervisedProcess process) => _processes[process.Id] = process;

    /// <summary>The process, or null when there is none of that name (or not yet).</summary>
    public SupervisedProcess? Find(string id) => _processes.TryGetValue(id, out SupervisedProcess? process) ? process : null;

    /// <summary>All that have been launched.</summary>
    public IEnumerable<SupervisedProcess> All
    {
        get
        {
            foreach (SupervisedProcess? process in _processes.Values)
            {
                if (process is not null)
                {
                    yield return process;
                }
            }
        }
    }
}

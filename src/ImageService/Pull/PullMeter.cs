namespace Keelson.Images.Pull;

/// <summary>Counts a pull's progress; read by others at any time.</summary>
internal sealed class PullMeter(string image, DateTimeOffset since)
{
    private volatile string _stage = "resolving";
    private long[] _expected = [];
    private long[] _read = [];
    private int _done;

    internal PullProgress Progress()
    {
        long[] read = Volatile.Read(ref _read);
        long[] expected = Volatile.Read(ref _expected);
        return new PullProgress(image, _stage, Volatile.Read(ref _done), expected.Length, read.Sum(), expected.Sum(), since);
    }

    internal void Downloading(IEnumerable<long> expectedBytes)
    {
        long[] expected = [.. expectedBytes];
        Volatile.Write(ref _read, new long[expected.Length]);
        Volatile.Write(ref _expected, expected);
        _stage = "downloading";
    }

    internal void Publishing() => _stage = "publishing";

    internal IProgress<long> ForLayer(int index) => new Slot(_read, index);

    internal void LayerDone(int index)
    {
        Volatile.Write(ref _read[index], _expected[index]);
        Interlocked.Increment(ref _done);
    }

    private sealed class Slot(long[] read, int index) : IProgress<long>
    {
        public void Report(long value) => Volatile.Write(ref read[index], value);
    }
}

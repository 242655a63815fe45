using System.Collections.Frozen;
using System.Globalization;
using Keelson.Core;

namespace Keelson.Oci.Signals;

/// <summary>Names and numbers of signal(7) on x86-64 and arm64.</summary>
public static class SignalTable
{
    /// <summary>The number asked for where an image or a pod says nothing.</summary>
    public const int Terminate = 15;

    private const int RealTimeMin = 34;
    private const int RealTimeMax = 64;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    private static readonly FrozenDictionary<string, int> Numbers = ReadNumbers();

    /// <summary>Reads a name with or without SIG, in any case, a number, or <c>SIGRTMIN+n</c> and <c>SIGRTMAX-n</c>.</summary>
    public static bool TryParse(string text, out int signal)
    {
        string trimmed = text.Trim().ToUpperInvariant();
        if (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is > 0 and <= RealTimeMax;
        }

        string name = trimmed.StartsWith("SIG", StringComparison.Ordinal) ? trimmed : $"SIG{trimmed}";
        int sign = name.IndexOfAny(['+', '-']);
        if (!Numbers.TryGetValue(sign < 0 ? name : name[..sign], out signal))
        {
            return false;
        }

        if (sign < 0)
        {
            return true;
        }

        bool offset = int.TryParse(name[(sign + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int distance);
        bool realTime = (signal == RealTimeMin && name[sign] == '+') || (signal == RealTimeMax && name[sign] == '-');
        signal += name[sign] == '+' ? distance : -distance;
        return offset && realTime && signal is >= RealTimeMin and <= RealTimeMax;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static int Parse(string text) => TryParse(text, out int signal)
        ? signal
        : throw new KeelsonException(ErrorKind.InvalidArgument, $"signal '{text}': unknown");

    /// <summary><c>SIGTERM</c> for 15.</summary>
    public static string NameOf(int signal) => signal switch
    {
        > 0 when signal < Names.Length => Names[signal],
        RealTimeMin => "SIGRTMIN",
        RealTimeMax => "SIGRTMAX",
        > RealTimeMin and < RealTimeMax => $"SIGRTMIN+{signal - RealTimeMin}",
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    private static FrozenDictionary<string, int> ReadNumbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["SIGIOT"] = 6,
            ["SIGCLD"] = 17,
            ["SIGPOLL"] = 29,
            ["SIGUNUSED"] = 31,
            ["SIGRTMIN"] = RealTimeMin,
            ["SIGRTMAX"] = RealTimeMax,
        };
        for (int number = 1; number < Names.Length; number++)
        {
            numbers.Add(Names[number], number);
        }

        return numbers.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

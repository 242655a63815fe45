using System.Globalization;
using System.Text;
using Keelson.Linux;

namespace Keelson.Shim.Hosting;

/// <summary>Lines on standard error, which the daemon pointed at shim.log: for faults only, there are none in normal life.</summary>
internal static class ShimLog
{
    private static readonly SafeFd StandardError = SafeFd.Adopt(2);

    public static void Write(string message)
    {
        long now = Clock.RealtimeNanoseconds;
        string seconds = (now / 1_000_000_000).ToString(CultureInfo.InvariantCulture);
        FdIO.WriteAll(StandardError, Encoding.UTF8.GetBytes(seconds + " " + message + "\n"));
    }
}

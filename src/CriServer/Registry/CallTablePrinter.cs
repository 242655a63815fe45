using System.Text;
using Google.Protobuf.Reflection;

namespace Keelson.CriServer.Registry;

/// <summary>The table of calls that README.md shows, made from what is compiled in.</summary>
internal static class CallTablePrinter
{
    internal static string Markdown()
    {
        var table = new StringBuilder("| service | call | state |\n|---|---|---|\n");
        foreach (ServiceDescriptor service in Cri.ApiReflection.Descriptor.Services)
        {
            foreach (MethodDescriptor call in service.Methods)
            {
                string state = UnimplementedCalls.Reasons.TryGetValue(call.Name, out string? reason) ? $"Unimplemented: {reason}" : "served";
                table.Append($"| {service.Name} | {call.Name} | {state} |\n");
            }
        }

        return table.ToString();
    }
}

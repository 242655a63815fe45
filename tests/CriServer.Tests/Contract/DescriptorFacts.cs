using Google.Protobuf.Reflection;

namespace Keelson.CriServer.Tests.Contract;

/// <summary>The same table, read from the descriptor that the compiled messages carry.</summary>
internal static class DescriptorFacts
{
    internal static IEnumerable<string> Of(FileDescriptor file)
    {
        IEnumerable<string> rpcs = file.Services.SelectMany(s => s.Methods).Select(Rpc);
        IEnumerable<string> messages = file.MessageTypes.SelectMany(Message);
        IEnumerable<string> enums = file.EnumTypes.SelectMany(e => EnumValues(e, e.Name));
        return rpcs.Concat(messages).Concat(enums);
    }

    private static string Rpc(MethodDescriptor rpc)
    {
        string[] flags = [rpc.IsClientStreaming ? "client-stream" : "", rpc.IsServerStreaming ? "server-stream" : ""];
        return Row("rpc", rpc.Service.Name, rpc.Name, "", rpc.InputType.Name, rpc.OutputType.Name, flags);
    }

    private static IEnumerable<string> Message(MessageDescriptor message)
    {
        yield return Row("message", message.Name, "", "", "", "", []);
        foreach (string row in message.EnumTypes.SelectMany(e => EnumValues(e, $"{message.Name}.{e.Name}")))
        {
            yield return row;
        }

        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            FieldOptions? options = field.GetOptions();
            string[] flags =
            [
                options?.Deprecated == true ? "deprecated" : "",
                options?.DebugRedact == true ? "debug_redact" : "",
                field.ContainingOneof is { } oneof ? $"oneof={oneof.Name}" : "",
            ];
            string label = field.IsRepeated && !field.IsMap ? "repeated" : "";
            yield return Row("field", message.Name, field.Name, $"{field.FieldNumber}", TypeName(field), label, flags);
        }

        // Maps are messages underneath; their entries are not part of the contract's own list.
        foreach (string row in message.NestedTypes.Where(n => !n.GetOptions().MapEntry).SelectMany(Message))
        {
            yield return row;
        }
    }

    private static IEnumerable<string> EnumValues(EnumDescriptor type, string owner) =>
        type.Values.Select(v => Row("enum", owner, v.Name, $"{v.Number}", "", "", []));

    private static string TypeName(FieldDescriptor field) => field switch
    {
        { IsMap: true } => $"map<{TypeName(field.MessageType.FindFieldByNumber(1))},{TypeName(field.MessageType.FindFieldByNumber(2))}>",
        { FieldType: FieldType.Message } => field.MessageType.Name,
        { FieldType: FieldType.Enum } => field.EnumType.Name,
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    private static string Row(string kind, string owner, string name, string number, string type, string label, string[] flags) =>
        string.Join('\t', kind, owner, name, number, type, label, string.Join(',', flags.Where(f => f.Length > 0)));
}

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes;

/// <summary>The on-disk form of the records.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(SandboxIdConverter), typeof(ContainerIdConverter), typeof(DigestConverter), typeof(HostPathConverter)])]
[JsonSerializable(typeof(StateFile<SandboxIdentity>))]
[JsonSerializable(typeof(StateFile<SandboxStatus>))]
[JsonSerializable(typeof(StateFile<ContainerIdentity>))]
[JsonSerializable(typeof(StateFile<ContainerStatus>))]
[JsonSerializable(typeof(SandboxConfig))]
[JsonSerializable(typeof(ContainerConfig))]
internal sealed partial class StateJson : JsonSerializerContext
{
    internal const int CurrentVersion = 1;

    internal static void Write<T>(HostPath path, T content, JsonTypeInfo<StateFile<T>> type) =>
        WholeFile.Replace(path.Value, JsonSerializer.SerializeToUtf8Bytes(new StateFile<T>(CurrentVersion, content), type), RecordFile.PrivateMode);

    /// <exception cref="KeelsonException">NotFound, or Internal for a file that is damaged or of another version.</exception>
    internal static T Read<T>(HostPath path, JsonTypeInfo<StateFile<T>> type)
    {
        try
        {
            StateFile<T>? file = JsonSerializer.Deserialize(File.ReadAllBytes(path.Value), type);
            return file is { Version: CurrentVersion, Content: not null }
                ? file.Content
                : throw new KeelsonException(ErrorKind.Internal, $"read '{path}': version {file?.Version ?? 0}, this build knows {CurrentVersion}");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeelsonException(ErrorKind.NotFound, $"read '{path}': no such file", failure);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new KeelsonException(ErrorKind.Internal, $"read '{path}': {failure.Message}", failure);
        }
    }
}

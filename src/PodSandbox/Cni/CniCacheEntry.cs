namespace Keelson.Sandboxes.Cni;

/// <summary>What DEL needs: with what configuration the pod was attached and what came of it.</summary>
/// <param name="Attachment">What the plugins were told.</param>
/// <param name="ConfigSource">The configuration file's name then.</param>
/// <param name="ConfigText">Its text then: the file may have changed or vanished since.</param>
/// <param name="ResultText">The last plugin's result as JSON; null while ADD is not over, or when it failed.</param>
internal sealed record CniCacheEntry(CniAttachment Attachment, string ConfigSource, string ConfigText, string? ResultText);

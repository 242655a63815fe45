namespace Keelson.Images.Layers;

/// <summary>How the tar of a layer is packed in its blob.</summary>
internal enum LayerCompression
{
    /// <summary>The blob is the tar.</summary>
    None,

    /// <summary>RFC 1952, one member or several.</summary>
    Gzip,

    /// <summary>RFC 8878, one frame or several.</summary>
    Zstd,
}

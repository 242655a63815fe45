namespace Keelson.TestKit.Images;

public enum LayerFormat
{
    Gzip,
    Zstd,
    Plain,
}

using System.IO.Compression;
using System.Text;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Text deflated, as Base64: PTX is three times as long as what it is packed to.</summary>
internal static class PackedText
{
    /// <summary>What the runtime unpacks again.</summary>
    public static string Of(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(bytes, 0, bytes.Length);
        return Convert.ToBase64String(packed.ToArray());
    }
}

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>Which bytes stand side by side in some token: between others, text can be cut without changing how it merges.</summary>
internal sealed class NeighbouringBytes
{
    private readonly ulong[] _pairs = new ulong[256 * 256 / 64];

    /// <summary>Collects the pairs of all tokens.</summary>
    public NeighbouringBytes(TokenTexts texts)
    {
        for (int id = 0; id < texts.Count; id++)
        {
            ReadOnlySpan<byte> text = texts[id];
            for (int i = 1; i < text.Length; i++)
                _pairs[Index(text[i - 1], text[i]) >> 6] |= 1UL << Index(text[i - 1], text[i]);
        }
    }

    /// <summary>Bytes from the beginning of a text up to the first place where it can be cut.</summary>
    public int Run(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            int pair = Index(text[i - 1], text[i]);
            if ((_pairs[pair >> 6] >> pair & 1) == 0)
                return i;
        }

        return text.Length;
    }

    private static int Index(byte first, byte second) => (first << 8) | second;
}

using System.Buffers.Binary;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's precompiled normalization rules (<c>precompiled_charsmap</c>): a double-array trie (Aoe 1989, in the layout of
/// darts-clone) of what is replaced, each with the place of its replacement. The longest that fits is replaced.
/// </summary>
internal sealed class CharacterMap : Normalizer
{
    // A broken trie may lead in circles. Real entries have a few characters.
    private const int LongestEntry = 256;
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <summary>Reads the rules; null where they are malformed.</summary>
    /// <param name="content">Length of the trie in bytes, the trie, and replacements that each end with a zero byte.</param>
    public static CharacterMap? Read(ReadOnlySpan<byte> content)
    {
        if (content.Length < sizeof(uint))
            return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(content);
        content = content[sizeof(uint)..];
        if (length > (uint)content.Length || length % sizeof(uint) != 0 || length == 0 || content.Length == length || content[^1] != 0)
            return null;
        var units = new uint[length / sizeof(uint)];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(content[(i * sizeof(uint))..]);
        byte[] replacements = content[(int)length..].ToArray();
        return System.Text.Unicode.Utf8.IsValid(replacements) ? new CharacterMap(units, replacements) : null;
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = Longest(text[at..], out int replacement);
            if (length == 0)
            {
                length = Utf8.Length(text[at]);
                output.Copy(text.Slice(at, length), at);
            }
            else
            {
                var written = _replacements.AsSpan(replacement);
                output.Write(written[..written.IndexOf((byte)0)], at);
            }

            at += length;
        }
    }

    /// <summary>Length of the longest entry the text begins with, in whole characters; 0 for none.</summary>
    private int Longest(ReadOnlySpan<byte> text, out int replacement)
    {
        replacement = 0;
        int longest = 0;
        uint node = Offset(_units[0]);
        for (int i = 0; i < Math.Min(text.Length, LongestEntry); i++)
        {
            node ^= text[i];
            if (node >= _units.Length)
                break;
            uint unit = _units[node];
            if (Label(unit) != text[i])
                break;
            node ^= Offset(unit);
            bool isWhole = i + 1 == text.Length || !Utf8.IsContinuation(text[i + 1]);
            if (!HasLeaf(unit) || !isWhole || node >= _units.Length)
                continue;
            uint value = _units[node] & 0x7FFF_FFFF;
            // Half a character must not be written.
            if (value < _replacements.Length && !Utf8.IsContinuation(_replacements[value]))
                (longest, replacement) = (i + 1, (int)value);
        }

        return longest;
    }

    private static bool HasLeaf(uint unit) => (unit >> 8 & 1) != 0;

    private static uint Label(uint unit) => unit & 0x8000_00FF;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);
}

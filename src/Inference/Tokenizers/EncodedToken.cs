using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>A token and the part of the text it stands for.</summary>
/// <param name="Id">The token.</param>
/// <param name="Start">Where its part begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends. Tokens of parts of one character all have the whole character.</param>
public readonly record struct EncodedToken(int Id, int Start, int End)
{
    /// <summary>Turns byte ends into character ranges.</summary>
    internal static EncodedToken[] List(ReadOnlySpan<byte> text, ReadOnlySpan<int> ids, ReadOnlySpan<int> ends)
    {
        var tokens = new EncodedToken[ids.Length];
        // Where the character at hand begins, in both measures; ends never fall, but may be inside of it.
        int bytes = 0, chars = 0, start = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int first = chars;
            while (bytes < ends[i] && bytes + Utf8.Length(text[bytes]) <= ends[i])
            {
                chars += Utf8.Length(text[bytes]) == 4 ? 2 : 1;
                bytes += Utf8.Length(text[bytes]);
            }

            bool isInside = bytes < ends[i];
            tokens[i] = new EncodedToken(ids[i], ends[i] == start ? chars : first, chars + (isInside ? Utf8.Length(text[bytes]) == 4 ? 2 : 1 : 0));
            start = ends[i];
        }

        return tokens;
    }
}

using System.Text;

namespace KernelFoundry.Inference;

/// <summary>
/// A model file breaks its format, or asks for something that is not supported. It is the only exception that the content of
/// a file can cause; a file that cannot be opened at all is an <see cref="IOException"/>.
/// </summary>
public sealed class InvalidModelException : Exception
{
    private const int MaximumQuotedBytes = 80;

    /// <summary>Describes one defect.</summary>
    /// <param name="file">Path of the file, or the name given to content in memory.</param>
    /// <param name="field">The part of the file that is wrong: a header field, a metadata key, a tensor.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="expected">What a readable file has there.</param>
    public InvalidModelException(string file, string field, string found, string expected)
        : base($"The model file '{file}' cannot be used: {field} is {found}; expected {expected}.")
    {
        File = file;
        Field = field;
        Found = found;
        Expected = expected;
    }

    /// <summary>Path of the file, or the name given to content in memory.</summary>
    public string File { get; }

    /// <summary>The part of the file that is wrong: a header field, a metadata key, a tensor.</summary>
    public string Field { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }

    /// <summary>What a readable file has there.</summary>
    public string Expected { get; }

    /// <summary>
    /// Text from a file in a form fit for a message: quoted, control characters as '?', long text cut. A hostile file must
    /// not be able to fill a log or drive a terminal.
    /// </summary>
    internal static string Quote(ReadOnlySpan<byte> text)
    {
        bool cut = text.Length > MaximumQuotedBytes;
        string decoded = Encoding.UTF8.GetString(cut ? text[..MaximumQuotedBytes] : text);
        var quoted = new StringBuilder(decoded.Length + 8).Append('\'');
        foreach (char c in decoded)
            quoted.Append(char.IsControl(c) ? '?' : c);
        return quoted.Append(cut ? "...'" : "'").ToString();
    }
}

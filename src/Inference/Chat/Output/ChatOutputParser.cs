namespace KernelFoundry.Inference.Chat;

/// <summary>
/// Takes an answer apart as it comes: text, thoughts, calls of tools. However the answer is cut into pieces, what comes out together is the
/// same; nothing is handed out that could still be part of a marker, and what turns out to be no call is text. For one answer and one thread.
/// </summary>
public abstract class ChatOutputParser
{
    private int _nextCall;

    private protected ChatOutputParser(int firstCall) => _nextCall = firstCall;

    /// <summary>Takes the next piece.</summary>
    /// <param name="text">Any text, control tokens written as their texts.</param>
    /// <returns>What is certain by now.</returns>
    public abstract IReadOnlyList<ChatDelta> Append(string text);

    /// <summary>Ends the answer.</summary>
    /// <returns>What was held back.</returns>
    public abstract IReadOnlyList<ChatDelta> Flush();

    /// <summary>Gives calls ids where the model gave none: nine letters and digits, as the strictest template wants.</summary>
    private protected IEnumerable<ChatDelta> Number(IEnumerable<ChatToolCall> calls) => calls.Select(call =>
    {
        int number = _nextCall++;
        return new ChatDelta(ToolCall: call.Id.Length > 0
            ? call
            : call with { Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"call{number:D5}") });
    }).ToArray();

    /// <summary>Where the first of several markers begins, and which; of two at one place the longer.</summary>
    private protected static (int At, string Marker)? FindFirst(string text, IEnumerable<string> markers)
    {
        (int At, string Marker)? first = null;
        foreach (string marker in markers)
        {
            int at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0 && (first is not { } f || at < f.At || (at == f.At && marker.Length > f.Marker.Length)))
                first = (at, marker);
        }

        return first;
    }

    /// <summary>Length of the longest end of the text that may be the beginning of a marker.</summary>
    private protected static int HeldLength(string text, IEnumerable<string> markers)
    {
        int held = 0;
        foreach (string marker in markers)
        {
            int length = Math.Min(marker.Length - 1, text.Length);
            while (length > held && !text.EndsWith(marker[..length], StringComparison.Ordinal))
                length--;
            held = Math.Max(held, length);
        }

        return held;
    }
}

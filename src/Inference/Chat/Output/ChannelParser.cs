namespace KernelFoundry.Inference.Chat;

/// <summary>
/// Takes answers of gpt-oss apart: messages of a header and a body, on the channel "analysis" for thoughts, "final" for the answer, and
/// "commentary" for calls, whose header names the function.
/// </summary>
internal sealed class ChannelParser(int firstCall) : ChatOutputParser(firstCall)
{
    private const string Message = "<|message|>";
    private const string Functions = "functions.";
    private static readonly string[] s_ends = ["<|end|>", "<|call|>", "<|return|>", "<|start|>"];
    private string _held = "";

    // The prompt ends where the header of the first message begins.
    private bool _inHeader = true;
    private string _header = "";
    private string _body = "";

    public override IReadOnlyList<ChatDelta> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new List<ChatDelta>();
        _held += text;
        while (_inHeader ? TryReadHeader() : TryReadBody(output))
        {
        }

        return output;
    }

    public override IReadOnlyList<ChatDelta> Flush()
    {
        var output = new List<ChatDelta>();

        // An answer that never had a header is text as it stands.
        if (_inHeader && _held.Length > 0 && !_held.Contains("<|", StringComparison.Ordinal) && _header.Length == 0)
            output.Add(new ChatDelta(Text: _held));
        else if (!_inHeader)
            Take(_held, isWhole: true, output);
        _held = "";
        _inHeader = true;
        return output;
    }

    private bool TryReadHeader()
    {
        int end = _held.IndexOf(Message, StringComparison.Ordinal);
        if (end < 0)
            return false;
        _header = _held[..end];
        _held = _held[(end + Message.Length)..];
        (_inHeader, _body) = (false, "");
        return true;
    }

    private bool TryReadBody(List<ChatDelta> output)
    {
        if (FindFirst(_held, s_ends) is not { } found)
        {
            int end = _held.Length - HeldLength(_held, s_ends);
            Take(_held[..end], isWhole: false, output);
            _held = _held[end..];
            return false;
        }

        Take(_held[..found.At], isWhole: true, output);
        _held = _held[(found.At + found.Marker.Length)..];
        _inHeader = true;
        return true;
    }

    private void Take(string text, bool isWhole, List<ChatDelta> output)
    {
        string? recipient = Recipient();
        if (recipient is null)
        {
            if (text.Length > 0)
                output.Add(_header.Contains("analysis", StringComparison.Ordinal) ? new ChatDelta(Reasoning: text) : new ChatDelta(Text: text));
            return;
        }

        _body += text;
        if (!isWhole)
            return;
        string name = recipient.StartsWith(Functions, StringComparison.Ordinal) ? recipient[Functions.Length..] : recipient;
        string? arguments = JsonCalls.Arguments(_body);

        // The built-in tools take code, not JSON.
        if (arguments is null && !recipient.StartsWith(Functions, StringComparison.Ordinal))
            arguments = JsonCalls.OneArgument("code", _body);
        if (arguments is null)
            output.Add(new ChatDelta(Text: _body));
        else
            output.AddRange(Number([new ChatToolCall("", name, arguments)]));
    }

    // The header has "to=NAME" where it calls a tool.
    private string? Recipient()
    {
        int at = _header.IndexOf("to=", StringComparison.Ordinal);
        if (at < 0)
            return null;
        string rest = _header[(at + 3)..];
        int end = rest.AsSpan().IndexOfAny(' ', '<', '\n');
        return end < 0 ? rest : rest[..end];
    }
}

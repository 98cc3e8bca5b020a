namespace KernelFoundry.Inference.Chat;

/// <summary>Takes answers apart whose thoughts and calls stand between markers.</summary>
internal sealed class MarkerParser : ChatOutputParser
{
    private readonly ChatFormat _format;
    private readonly string[] _markers;
    private string _held = "";
    private ToolCallSection? _section;
    private bool _isReasoning;
    private int _searchFrom;

    // Nothing but whitespace has been seen; whitespace there is no part of the answer.
    private bool _isAtStart = true;
    private bool _dropsSpace;

    public MarkerParser(ChatFormat format, string prompt, int firstCall)
        : base(firstCall)
    {
        _format = format;
        _isReasoning = format.Reasoning?.AreBegunBy(prompt) ?? false;
        _dropsSpace = _isReasoning;
        _markers =
        [
            .. format.ToolCalls.Where(s => !s.OnlyAtStart).Select(s => s.Begin),
            .. format.Dropped,
            .. format.Reasoning is { } r ? [r.Begin, r.End] : Array.Empty<string>(),
        ];
    }

    public override IReadOnlyList<ChatDelta> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new List<ChatDelta>();
        _held += text;
        while (Step(output))
        {
        }

        return output;
    }

    public override IReadOnlyList<ChatDelta> Flush()
    {
        var output = new List<ChatDelta>();
        if (_section is null)
        {
            Emit(_held, output);
        }
        else
        {
            string whole = _section.OnlyAtStart ? _held : _section.Begin + _held;
            IReadOnlyList<ChatToolCall>? calls = ToolCallParsers.Parse(_section.Body, _held);
            if (calls is null)
                Emit(whole, output);
            else
                output.AddRange(Number(calls));
        }

        (_held, _section) = ("", null);
        return output;
    }

    /// <summary>Goes on by one marker; false if more text is needed.</summary>
    private bool Step(List<ChatDelta> output)
    {
        if (_section is not null)
            return TryEndSection(_section, output);
        if (!_isReasoning && _isAtStart && StartSection() is { } start)
        {
            _section = start;
            _held = _held.TrimStart();
            return true;
        }

        IEnumerable<string> markers = _isReasoning ? [_format.Reasoning!.End] : _markers;
        if (FindFirst(_held, markers) is not { } found)
        {
            // Whitespace before a marker is not part of the answer.
            int keep = HeldLength(_held, markers);
            int end = _held.Length - keep;
            while (end > 0 && char.IsWhiteSpace(_held[end - 1]))
                end--;
            Emit(_held[..end], output);
            _held = _held[end..];
            return false;
        }

        Emit(_held[..found.At].TrimEnd(), output);
        _held = _held[(found.At + found.Marker.Length)..];
        Enter(found.Marker);
        return true;
    }

    private void Enter(string marker)
    {
        _dropsSpace = true;
        _section = _isReasoning ? null : _format.ToolCalls.FirstOrDefault(s => !s.OnlyAtStart && s.Begin == marker);

        // The end of thoughts may come without their beginning, where the prompt had it.
        if (_section is null)
            _isReasoning = marker == _format.Reasoning?.Begin;
        else
            _isAtStart = false;
    }

    private bool TryEndSection(ToolCallSection section, List<ChatDelta> output)
    {
        if (section.End is null)
            return false;

        // The end's text may be part of an argument: then what is before it is not whole, and a later one ends the section. What was
        // not whole once never is, so that it is not looked at again.
        for (int end; (end = _held.IndexOf(section.End, _searchFrom, StringComparison.Ordinal)) >= 0; _searchFrom = end + 1)
        {
            if (ToolCallParsers.Parse(section.Body, _held[..end]) is not { } calls)
                continue;
            output.AddRange(Number(calls));
            _held = _held[(end + section.End.Length)..];
            (_section, _dropsSpace, _searchFrom) = (null, true, 0);
            return true;
        }

        _searchFrom = Math.Max(_searchFrom, _held.Length - section.End.Length + 1);
        return false;
    }

    private ToolCallSection? StartSection()
    {
        ReadOnlySpan<char> text = _held.AsSpan().TrimStart();
        foreach (ToolCallSection section in _format.ToolCalls)
        {
            if (section.OnlyAtStart && text.StartsWith(section.Begin, StringComparison.Ordinal))
                return section;
        }

        return null;
    }

    private void Emit(string text, List<ChatDelta> output)
    {
        if (_dropsSpace)
            text = text.TrimStart();
        if (text.Length == 0)
            return;
        _dropsSpace = false;
        if (!_isReasoning)
            _isAtStart = false;
        output.Add(_isReasoning ? new ChatDelta(Reasoning: text) : new ChatDelta(Text: text));
    }
}

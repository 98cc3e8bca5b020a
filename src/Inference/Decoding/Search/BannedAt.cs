namespace KernelFoundry.Inference.Decoding;

/// <summary>Tokens that are banned at positions of one sequence.</summary>
internal sealed class BannedAt
{
    private readonly Dictionary<int, HashSet<int>> _tokens = [];

    /// <summary>The position of the next token.</summary>
    public int Position { get; set; }

    public void Add(int position, int token)
    {
        if (!_tokens.TryGetValue(position, out HashSet<int>? banned))
            _tokens[position] = banned = [];
        banned.Add(token);
    }

    public bool Any(int position) => _tokens.ContainsKey(position);

    /// <summary>Forgets the bans from a position on: another text stands before them now.</summary>
    public void Forget(int position)
    {
        foreach (int later in _tokens.Keys.Where(key => key >= position).ToArray())
            _tokens.Remove(later);
    }

    public void Apply(LogitsContext context)
    {
        if (!_tokens.TryGetValue(Position, out HashSet<int>? banned))
            return;
        foreach (int token in banned)
            context.Ban(token);
    }
}

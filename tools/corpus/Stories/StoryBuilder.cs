using System.Text;

namespace KernelFoundry.Corpus.Stories;

/// <summary>
/// A story while it is told. It keeps account of who has what and where everyone is, so that sentences and questions say what is so, and a plot that
/// lets someone give away what they do not have fails here.
/// </summary>
public sealed class StoryBuilder
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, Character> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<Character, string> _places = [];
    private readonly List<Exercise> _questions = [];
    private readonly string _key;
    private readonly string _title;

    /// <param name="random">Draws words.</param>
    /// <param name="plot">Name of the plot.</param>
    /// <param name="title">What the story is asked for by.</param>
    /// <param name="subjects">Who and what it is about.</param>
    public StoryBuilder(CorpusRandom random, string plot, string title, params ReadOnlySpan<string> subjects)
    {
        Random = random;
        _key = $"{plot}|{string.Join('|', subjects.ToArray())}";
        _title = title;
    }

    /// <summary>Draws words.</summary>
    public CorpusRandom Random { get; }

    /// <summary>Adds one of several sentences.</summary>
    public StoryBuilder Say(params ReadOnlySpan<string> choices)
    {
        if (_text.Length > 0 && _text[^1] != '\n')
            _text.Append(' ');
        _text.Append(Words.Capital(Random.Pick(choices)));
        return this;
    }

    /// <summary>Begins a new paragraph.</summary>
    public StoryBuilder Paragraph()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>Someone has a thing from the beginning, or gets it from nobody.</summary>
    public StoryBuilder Own(Character owner, string thing)
    {
        if (_owners.TryGetValue(thing, out Character? other))
            throw new InvalidOperationException($"{other.Name} has the {thing} already.");
        _owners[thing] = owner;
        return this;
    }

    /// <summary>A thing passes from one to another.</summary>
    public StoryBuilder Give(Character from, Character to, string thing)
    {
        if (Owner(thing) != from)
            throw new InvalidOperationException($"{from.Name} has no {thing} to give.");
        _owners[thing] = to;
        return this;
    }

    /// <summary>A thing leaves the story or is nobody's for now.</summary>
    public StoryBuilder Lose(Character owner, string thing)
    {
        if (Owner(thing) != owner)
            throw new InvalidOperationException($"{owner.Name} has no {thing} to lose.");
        _owners.Remove(thing);
        return this;
    }

    /// <summary>Someone is at a place now.</summary>
    public StoryBuilder Move(Character who, string place)
    {
        _places[who] = place;
        return this;
    }

    /// <summary>Asks something whose answer the plot knows.</summary>
    public StoryBuilder Ask(string question, string answer, string expected)
    {
        _questions.Add(new Exercise(_key, question, answer, expected));
        return this;
    }

    /// <summary>Asks who has a thing at the end.</summary>
    public StoryBuilder AskOwner(string thing)
    {
        Character owner = Owner(thing) ?? throw new InvalidOperationException($"Nobody has the {thing}.");
        return Ask($"Who has the {thing} at the end?", $"{owner.Name} has the {thing}.", owner.Name);
    }

    /// <summary>Asks where someone is at the end.</summary>
    public StoryBuilder AskPlace(Character who)
    {
        string place = _places[who];
        return Ask($"Where is {who.Name} at the end?", $"{who.Name} is {place}.", place);
    }

    /// <summary>Who has a thing; null for nobody.</summary>
    public Character? Owner(string thing) => _owners.GetValueOrDefault(thing);

    /// <summary>The story.</summary>
    public Story End() => new(_key, _title, _text.ToString(), _questions);
}

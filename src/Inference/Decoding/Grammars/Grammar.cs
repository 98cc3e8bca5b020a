namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The texts that may be generated: read from a regular expression, a grammar, a schema or a list, and compiled for a vocabulary by
/// <see cref="For"/>. Immutable.
/// </summary>
public sealed class Grammar
{
    private readonly string _source;
    private readonly IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> _named;
    private readonly string _root;

    private Grammar(string source, string root, IReadOnlyDictionary<string, (Pattern, int)> named)
    {
        (_source, _root, _named) = (source, root, named);
        Rules = GrammarCompiler.Compile(source, root, named);
    }

    /// <summary>The rules over bytes.</summary>
    internal GrammarRules Rules { get; }

    /// <summary>
    /// The texts a regular expression matches as a whole: characters and classes, . | ( ) * + ? {m,n}, escapes such as \d \w \s \n \u00e9. No look-around
    /// and no back-references.
    /// </summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="GrammarException">It is not such an expression; says where.</exception>
    public static Grammar FromRegex(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Of(pattern, RegexReader.Read(pattern));
    }

    /// <summary>A grammar in llama.cpp's notation, GBNF: <c>root ::= "yes" | "no"</c>.</summary>
    /// <param name="text">The grammar; its texts are those of the rule root.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="GrammarException">It is no grammar, or one that cannot be followed; says where.</exception>
    public static Grammar FromGbnf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Grammar(text, "root", GbnfReader.Read(text));
    }

    /// <summary>
    /// A grammar in Lark's notation: <c>start: "a" NAME+</c>, <c>NAME: /[a-z]+/</c>, with |, ( ), [ ], *, +, ?, ~n..m and %ignore.
    /// </summary>
    /// <param name="text">The grammar; its texts are those of the rule start.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="GrammarException">It is no grammar, or one that cannot be followed; says where.</exception>
    public static Grammar FromLark(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Grammar(text, "start", LarkReader.Read(text));
    }

    /// <summary>Any JSON value, or any object.</summary>
    /// <param name="onlyObjects">Whether the value must be an object.</param>
    /// <returns>The grammar.</returns>
    public static Grammar Json(bool onlyObjects = false) => Of("JSON", onlyObjects ? JsonPatterns.Object : JsonPatterns.Value, JsonPatterns.Rules);

    /// <summary>JSON that a JSON Schema describes. Properties come in the schema's order.</summary>
    /// <param name="schema">The schema.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="GrammarException">The schema says something impossible, or in words that are not supported; says where.</exception>
    public static Grammar FromJsonSchema(System.Text.Json.JsonElement schema)
    {
        var reader = new JsonSchemaReader(schema);
        Pattern root = reader.Read();
        return Of("JSON schema", root, reader.Rules);
    }

    /// <summary>JSON that a JSON Schema describes. Properties come in the schema's order.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="GrammarException">It is no JSON, or says something impossible or in words that are not supported; says where.</exception>
    public static Grammar FromJsonSchema(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(schema);
            return FromJsonSchema(document.RootElement);
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new GrammarException("", $"The schema is no JSON: {error.Message}");
        }
    }

    /// <summary>One of several texts.</summary>
    /// <param name="choices">The texts, at least one, none empty.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="ArgumentException">There is no text, or an empty one.</exception>
    public static Grammar FromChoices(IEnumerable<string> choices)
    {
        string[] all = [.. choices];
        if (all.Length == 0 || all.Any(string.IsNullOrEmpty))
            throw new ArgumentException("Choices are at least one text, none of them empty.", nameof(choices));
        return Of("choices", Pattern.Choice([.. all.Distinct().Select(Pattern.Text)]));
    }

    /// <summary>A call of one of several tools: {"name": ..., "arguments": {...}}, between a text before and one after.</summary>
    /// <param name="tools">Names of the tools and the schemas of their arguments.</param>
    /// <param name="before">What comes before the call.</param>
    /// <param name="after">What comes after it.</param>
    /// <returns>The grammar.</returns>
    /// <exception cref="ArgumentException">There are no tools.</exception>
    /// <exception cref="GrammarException">A schema cannot be used; says where.</exception>
    public static Grammar FromTools(
        IReadOnlyList<(string Name, System.Text.Json.JsonElement Arguments)> tools, string before = "", string after = "")
    {
        ArgumentNullException.ThrowIfNull(tools);
        return FromCalls(tools, before, after, (name, arguments) => Pattern.Sequence(
            Pattern.Text("{"), JsonPatterns.Space, Pattern.Text("\"name\""), JsonPatterns.Colon, JsonPatterns.Literal(name),
            JsonPatterns.Comma, Pattern.Text("\"arguments\""), JsonPatterns.Colon, arguments, JsonPatterns.Space, Pattern.Text("}")));
    }

    /// <summary>A call of one of several tools, written in some way.</summary>
    internal static Grammar FromCalls(
        IReadOnlyList<(string Name, System.Text.Json.JsonElement Arguments)> tools, string before, string after, Func<string, Pattern, Pattern> call)
    {
        if (tools.Count == 0)
            throw new ArgumentException("There are no tools to call.", nameof(tools));
        var rules = new Dictionary<string, (Pattern, int)>();
        var calls = new List<Pattern>();
        for (int i = 0; i < tools.Count; i++)
        {
            var reader = new JsonSchemaReader(tools[i].Arguments, $"tool{i}-");
            Pattern arguments = reader.Read();
            foreach ((string name, (Pattern, int) rule) in reader.Rules)
                rules[name] = rule;
            calls.Add(call(tools[i].Name, arguments));
        }

        return Of("tools", Pattern.Sequence(Pattern.Text(before), Pattern.Choice(calls), Pattern.Text(after)), rules);
    }

    /// <summary>Any text that begins with some bytes, for a prompt whose last tokens were taken off: see <see cref="TokenHealing"/>.</summary>
    internal static Grammar FromPrefix(byte[] prefix) => Of("prefix",
        Pattern.Sequence(new BytesPattern(prefix), CharacterSets.Any.Star()));

    /// <summary>The texts of this grammar after other ones.</summary>
    /// <param name="before">What comes first.</param>
    /// <param name="rules">The rules it refers to.</param>
    internal Grammar After(Pattern before, IReadOnlyDictionary<string, (Pattern, int)>? rules = null)
    {
        var all = new Dictionary<string, (Pattern, int)>(_named);
        foreach ((string name, (Pattern, int) rule) in rules ?? new Dictionary<string, (Pattern, int)>())
            all.Add(name, rule);

        // A root that no grammar has: that of this one goes on being a rule.
        string root = $"(before {_root})";
        all.Add(root, (Pattern.Sequence(before, new RulePattern(_root, 0)), 0));
        return new Grammar(_source, root, all);
    }

    /// <summary>Compiles it for a vocabulary.</summary>
    /// <param name="trie">The vocabulary.</param>
    /// <returns>The compiled grammar; keep it, as it remembers the masks it has worked out.</returns>
    public TokenGrammar For(TokenTrie trie)
    {
        ArgumentNullException.ThrowIfNull(trie);
        return new TokenGrammar(this, trie);
    }

    private static Grammar Of(string source, Pattern root, IReadOnlyDictionary<string, (Pattern, int)>? rules = null)
    {
        var all = rules is null ? [] : new Dictionary<string, (Pattern, int)>(rules);
        all["(whole text)"] = (root, 0);
        return new Grammar(source, "(whole text)", all);
    }
}

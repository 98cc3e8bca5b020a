using System.CommandLine;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options that say what form the text has.</summary>
internal static class StructureFlags
{
    private static readonly Option<string?> s_regex = new("--regex") { HelpName = "REGEX", Description = "The text matches a regular expression." };
    private static readonly Option<string?> s_gbnf = new("--grammar") { HelpName = "FILE", Description = "The text follows a grammar in GBNF." };
    private static readonly Option<string?> s_lark = new("--lark") { HelpName = "FILE", Description = "The text follows a grammar in Lark's notation." };
    private static readonly Option<string?> s_schema = new("--json-schema") { HelpName = "FILE", Description = "The text is JSON that a JSON Schema describes." };
    private static readonly Option<bool> s_json = new("--json-value") { Description = "The text is a JSON value." };
    private static readonly Option<string[]> s_choices = new("--choice") { HelpName = "TEXT", Description = "The text is one of these. Any number of times." };
    private static readonly Option<bool> s_heal = new("--heal") { Description = "Take the prompt's last token off and go on with its text." };

    public static OptionGroup Group { get; } = new("Structure", s_regex, s_gbnf, s_lark, s_schema, s_json, s_choices, s_heal);

    /// <summary>What they make of a prompt: the prompt to take, and the constraint on its continuation.</summary>
    /// <exception cref="UsageException">Two say the same thing, or a grammar cannot be used.</exception>
    public static Func<int[], (int[] Prompt, LogitsProcessor? Constraint)> Read(ParseResult parsed, LanguageModel model)
    {
        (Option Option, Func<Grammar?> Read)[] sources =
        [
            (s_regex, () => parsed.GetValue(s_regex) is { } regex ? Grammar.FromRegex(regex) : null),
            (s_gbnf, () => parsed.GetValue(s_gbnf) is { } file ? Grammar.FromGbnf(TextFile.Read(file)) : null),
            (s_lark, () => parsed.GetValue(s_lark) is { } file ? Grammar.FromLark(TextFile.Read(file)) : null),
            (s_schema, () => parsed.GetValue(s_schema) is { } file ? Grammar.FromJsonSchema(TextFile.Read(file)) : null),
            (s_json, () => parsed.GetValue(s_json) ? Grammar.Json() : null),
            (s_choices, () => parsed.GetValue(s_choices) is { Length: > 0 } choices ? Grammar.FromChoices(choices) : null),
        ];
        Option[] given = [.. sources.Select(each => each.Option).Where(option => parsed.GetResult(option) is { Implicit: false })];
        if (given.Length > 1)
            throw new UsageException($"{given[0].Name} and {given[1].Name} both say what the text is; leave one out.");
        Grammar? grammar = null;
        foreach ((Option option, Func<Grammar?> read) in sources)
        {
            try
            {
                grammar ??= read();
            }
            catch (GrammarException error)
            {
                throw new UsageException($"{option.Name}: {error.Message}");
            }
            catch (ArgumentException error)
            {
                throw new UsageException($"{option.Name}: {error.Message}");
            }
        }

        bool heals = parsed.GetValue(s_heal);
        if (grammar is null && !heals)
            return prompt => (prompt, null);
        var trie = TokenTrie.Create(model.Tokenizer);
        int[] stops = model.Tokenizer.EosId is { } eos ? [eos] : [];
        if (heals)
            return prompt => TokenHealing.Heal(model.Tokenizer, trie, prompt, stops, grammar);
        TokenGrammar compiled = grammar!.For(trie);
        return prompt => (prompt, new GrammarConstraint(compiled, stops));
    }
}

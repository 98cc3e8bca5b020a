using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of what form the text has.</summary>
internal static class StructureRows
{
    private static readonly OptionRows<DecodingRequest> s_rows = new(r => r, (_, part) => part);

    public static DecodingOptionGroup Group { get; } = new("Structure",
    [
        Row("regex", OptionKinds.Grammar("regex", Decoding.Grammar.FromRegex), "REGEX", "regex", "The text matches a regular expression."),
        Row("grammar", OptionKinds.Grammar("grammar", Decoding.Grammar.FromGbnf), "FILE", "gbnf", "The text follows a grammar in GBNF.", isFile: true),
        Row("lark", OptionKinds.Grammar("lark", Decoding.Grammar.FromLark), "FILE", "lark", "The text follows a grammar in Lark's notation.", isFile: true),
        Row("json_schema", Schema, "FILE", "json-schema", "The text is JSON that a JSON Schema describes.", isFile: true),
        Row("json_value", Json, "", "json", "The text is a JSON value."),
        Row("choices", Choices, "TEXT", "choices", "The text is one of these.", flag: "--choice"),
        Row("tools", Tools, "FILE", "tool-calls", "The text is a call of one of the tools in a JSON list: name and arguments by their schemas.", isFile: true, chat: "Tools"),
        s_rows.Row("heal", Switch, "", "token-healing", "Take the prompt's last token off and go on with its text.", r => r.Heals, (r, x) => r with { Heals = x },
            notInChat: "a conversation ends with its template's markers, not inside a word"),
    ]);

    private static DecodingOption Row(string name, OptionKind<Grammar?> kind, string value, string page, string description, string? flag = null, bool isFile = false, string? chat = null) =>
        s_rows.Row(name, kind, value, page, description, r => r.Grammar, Set, flag, isFile, chat);

    private static DecodingRequest Set(DecodingRequest request, Grammar? grammar) => request.Grammar is null || grammar is null
        ? request with { Grammar = grammar ?? request.Grammar }
        : throw new ArgumentException("both say what the text is; leave one out.");
}

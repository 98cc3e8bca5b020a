using System.CommandLine;
using System.Globalization;
using System.Text;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenize</c>: the tokens of a text, none added, or the text of tokens. The file needs no weights.</summary>
internal static class TokenizeCommand
{
    private static readonly Option<string> s_model = CommonOptions.Tokenizer();
    private static readonly Option<string?> s_text = new("--text") { Description = "The text.", HelpName = "TEXT" };
    private static readonly Option<string?> s_file = new("--file") { Description = "A file with the text, in UTF-8.", HelpName = "F" };
    private static readonly Option<string?> s_ids = new("--ids")
    {
        Description = "Token ids with commas between, to print the text of.",
        HelpName = "1,2,3",
    };

    private static readonly Option<bool> s_special = new("--special")
    {
        Description = "Read the texts of control tokens as those tokens, and print them.",
    };

    private static readonly Option<bool> s_offsets = new("--offsets")
    {
        Description = "Print a token a line: id, the characters it stands for, and its text in the vocabulary.",
    };

    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("tokenize", "Print the token ids of a text, or the text of token ids; no begin or end token is added.")
        {
            s_model, s_text, s_file, s_ids, s_special, s_offsets, s_json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string? text = parsed.GetValue(s_text), path = parsed.GetValue(s_file), ids = parsed.GetValue(s_ids);
        if (new[] { text, path, ids }.Count(given => given is not null) != 1)
            throw new UsageException("Give the text with --text, a file with --file, or tokens with --ids: one of the three.");
        text ??= path is null ? null : TextFile.Read(path);
        Tokenizer tokenizer = Opening.Tokenizer(parsed.GetRequiredValue(s_model));
        bool json = parsed.GetValue(s_json), special = parsed.GetValue(s_special);
        if (text is null)
            PrintText(tokenizer, ReadIds(ids!, tokenizer), special, json);
        else if (parsed.GetValue(s_offsets))
            PrintOffsets(tokenizer, text, special, json);
        else
            PrintIds(tokenizer, tokenizer.Encode(text, parseSpecial: special), json);
        return ExitCode.Done;
    }

    private static void PrintIds(Tokenizer tokenizer, int[] tokens, bool json)
    {
        if (json)
            KfJson.Print(new TokenizeOutput(tokens, [.. tokens.Select(token => Piece(tokenizer, token))]), context => context.TokenizeOutput);
        else
            Console.Out.WriteLine(string.Join(",", tokens));
    }

    private static void PrintOffsets(Tokenizer tokenizer, string text, bool special, bool json)
    {
        var tokens = tokenizer.EncodeWithOffsets(text, special);
        if (json)
        {
            var output = new TokenizeOutput([.. tokens.Select(token => token.Id)], [.. tokens.Select(token => Piece(tokenizer, token.Id))])
            {
                Offsets = [.. tokens.Select(token => (IReadOnlyList<int>)[token.Start, token.End])],
            };
            KfJson.Print(output, context => context.TokenizeOutput);
            return;
        }

        foreach (EncodedToken token in tokens)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{token.Id,7} {token.Start,7}-{token.End,-7} {Printable(Piece(tokenizer, token.Id))}"));
        }
    }

    private static void PrintText(Tokenizer tokenizer, int[] tokens, bool special, bool json)
    {
        string text = UsageException.Check(() => tokenizer.Decode(tokens, includeSpecial: special));
        if (json)
            KfJson.Print(new TokenizeOutput(tokens, [.. tokens.Select(token => Piece(tokenizer, token))]) { Text = text }, context => context.TokenizeOutput);
        else
            Console.Out.WriteLine(text);
    }

    private static int[] ReadIds(string ids, Tokenizer tokenizer) =>
        [.. ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(id =>
            int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value < tokenizer.VocabularySize
                ? value
                : throw new UsageException($"--ids has '{id}'; token ids are 0 to {tokenizer.VocabularySize - 1}."))];

    private static string Piece(Tokenizer tokenizer, int token) => Encoding.UTF8.GetString(tokenizer.Vocabulary.Text(token));

    // A token is on one line, whatever is in it.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:X4}" : c.ToString()));
}

using System.CommandLine;
using System.Text;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenize</c>: the tokens of a text, none added. The file needs no weights.</summary>
internal static class TokenizeCommand
{
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string?> s_text = new("--text") { Description = "The text.", HelpName = "TEXT" };
    private static readonly Option<string?> s_file = new("--file") { Description = "A file with the text, in UTF-8.", HelpName = "F" };
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("tokenize", "Print the token ids of a text; no begin or end token is added.")
        {
            s_model, s_text, s_file, s_json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string text = ReadText(parsed);
        using GgufFile file = Opening.File(parsed.GetRequiredValue(s_model));
        Tokenizer tokenizer = TokenizerFactory.Create(file);
        int[] tokens = tokenizer.Encode(text);
        if (parsed.GetValue(s_json))
        {
            string[] pieces = [.. tokens.Select(token => Encoding.UTF8.GetString(tokenizer.Vocabulary.Text(token)))];
            KfJson.Print(new TokenizeOutput(tokens, pieces), json => json.TokenizeOutput);
        }
        else
        {
            Console.Out.WriteLine(string.Join(",", tokens));
        }

        return ExitCode.Done;
    }

    private static string ReadText(ParseResult parsed)
    {
        string? text = parsed.GetValue(s_text);
        string? path = parsed.GetValue(s_file);
        if (text is null == path is null)
            throw new UsageException("Give the text with --text, or a file with --file: one of the two.");
        return text ?? TextFile.Read(path!);
    }
}

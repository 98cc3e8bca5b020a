using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenizer train</c>: learns a tokenizer from text files.</summary>
internal static class TokenizerTrainCommand
{
    private static readonly Option<string[]> s_data = new("--data")
    {
        Description = "Files with text, in UTF-8.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "FILES",
    };

    private static readonly Option<int> s_vocabulary = new("--vocab")
    {
        Description = "Number of tokens, special ones included.",
        Required = true,
        HelpName = "N",
    };

    private static readonly Option<string> s_out = new("--out")
    {
        Description = "The file to write: tokenizer.json, or a GGUF file without weights.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string> s_algorithm = new("--model")
    {
        Description = "bpe, byte-level byte-pair encoding as in GPT-2, or unigram, as in SentencePiece.",
        DefaultValueFactory = _ => "bpe",
    };

    private static readonly Option<string> s_pre = new("--pre")
    {
        Description = "How text is cut before merging, for bpe, by the name GGUF has for it: gpt-2, llama3, qwen2, gpt-4o, ...",
        DefaultValueFactory = _ => "gpt-2",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> s_special = new("--special")
    {
        Description = "Control tokens, which get the first ids; by default <|endoftext|> for bpe, <unk> <s> </s> for unigram, which needs <unk>.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "TOKENS",
    };

    private static readonly Option<string?> s_bos = new("--bos")
    {
        Description = "Which of the special tokens begins a text; by default none does.",
        HelpName = "TOKEN",
    };

    private static readonly Option<string?> s_eos = new("--eos")
    {
        Description = "Which of the special tokens ends a text; by default the first for bpe, </s> for unigram.",
        HelpName = "TOKEN",
    };

    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("train", "Learn a tokenizer from text files.")
        {
            s_data, s_vocabulary, s_out, s_algorithm, s_pre, s_special, s_bos, s_eos, s_json,
        };
        s_algorithm.AcceptOnlyFromAmong("bpe", "unigram");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        string output = parsed.GetRequiredValue(s_out);
        bool isJson = output.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && !output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--out is '{output}'; its name must end in .json or .gguf.");
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"--out is '{output}', but there is no folder '{folder}'.");
        string[] files = parsed.GetRequiredValue(s_data);
        long characters = 0;
        Tokenizer tokenizer;
        using (var progress = new ProgressBar("Training", 1))
        {
            tokenizer = await Task.Run(() => UsageException.Check(() => Train(parsed, files.Select(Read), progress, cancellationToken)), cancellationToken);
        }

        Save(tokenizer, output, isJson);
        Print(parsed.GetValue(s_json), new TokenizerTrainOutput(output, tokenizer.VocabularySize, characters, Stopwatch.GetElapsedTime(started).TotalSeconds));
        return ExitCode.Done;

        string Read(string path)
        {
            string text = TextFile.Read(path);
            characters += text.Length;
            return text;
        }
    }

    private static Tokenizer Train(ParseResult parsed, IEnumerable<string> texts, IProgress<double> progress, CancellationToken cancellationToken)
    {
        int size = parsed.GetRequiredValue(s_vocabulary);
        string[]? special = parsed.GetValue(s_special) is { Length: > 0 } given ? given : null;
        string? bos = parsed.GetValue(s_bos), eos = parsed.GetValue(s_eos);
        if (parsed.GetValue(s_algorithm) == "unigram")
        {
            var unigram = new UnigramTrainingOptions { VocabularySize = size, BosToken = bos, Progress = progress };
            unigram = unigram with { SpecialTokens = special ?? unigram.SpecialTokens, EosToken = eos ?? (special is null ? unigram.EosToken : null) };
            return UnigramTrainer.Train(texts, unigram, cancellationToken);
        }

        var bpe = new BpeTrainingOptions { VocabularySize = size, PreTokenizer = parsed.GetRequiredValue(s_pre), BosToken = bos, EosToken = eos, Progress = progress };
        return BpeTrainer.Train(texts, bpe with { SpecialTokens = special ?? bpe.SpecialTokens }, cancellationToken);
    }

    private static void Save(Tokenizer tokenizer, string path, bool isJson)
    {
        using FileStream stream = File.Create(path);
        if (isJson)
        {
            TokenizerJsonWriter.Write(tokenizer, stream);
            return;
        }

        var writer = new GgufWriter();
        GgufTokenizerWriter.Write(tokenizer, writer);
        writer.Write(stream, (_, _) => { });
    }

    private static void Print(bool json, TokenizerTrainOutput output)
    {
        if (json)
            KfJson.Print(output, context => context.TokenizerTrainOutput);
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{output.Out}: {output.VocabularySize} tokens from {output.Characters} characters, in {output.Seconds:F1} s"));
        }
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenizer bench</c>: how fast a tokenizer encodes and decodes a text, on one thread.</summary>
internal static class TokenizerBenchCommand
{
    private static readonly Option<string> s_model = CommonOptions.Tokenizer();
    private static readonly Option<string> s_file = new("--file") { Description = "A file with the text, in UTF-8.", Required = true, HelpName = "F" };
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Times to encode and decode; the median counts.", DefaultValueFactory = _ => 5, HelpName = "N" };
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("bench", "Measure how fast a tokenizer encodes and decodes a text, on one thread.") { s_model, s_file, s_rounds, s_json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        int rounds = parsed.GetValue(s_rounds);
        if (rounds < 1)
            throw new UsageException($"--rounds is {rounds}; it must be 1 or more.");
        byte[] text = Encoding.UTF8.GetBytes(TextFile.Read(parsed.GetRequiredValue(s_file)));
        long opening = Stopwatch.GetTimestamp();
        Tokenizer tokenizer = Opening.Tokenizer(parsed.GetRequiredValue(s_model));
        double openSeconds = Stopwatch.GetElapsedTime(opening).TotalSeconds;
        int[] tokens = tokenizer.EncodeUtf8(text);
        var encode = new double[rounds];
        var decode = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            tokens = tokenizer.EncodeUtf8(text);
            encode[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            started = Stopwatch.GetTimestamp();
            Decode(tokenizer, tokens);
            decode[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        Array.Sort(encode);
        Array.Sort(decode);
        double encodeSeconds = encode[rounds / 2], decodeSeconds = decode[rounds / 2];
        var output = new TokenizerBenchOutput(tokenizer.Kind, tokenizer.VocabularySize, text.Length, tokens.Length, openSeconds,
            text.Length / encodeSeconds / 1e6, tokens.Length / encodeSeconds, tokens.Length / decodeSeconds);
        if (parsed.GetValue(s_json))
            KfJson.Print(output, context => context.TokenizerBenchOutput);
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{output.Kind}, {output.VocabularySize} tokens, opened in {1000 * openSeconds:F0} ms; {output.Bytes} bytes are {output.Tokens} tokens"));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"encode {output.EncodeMegabytesPerSecond:F1} MB/s, {output.EncodeTokensPerSecond / 1e6:F2} M tokens/s; decode {output.DecodeTokensPerSecond / 1e6:F1} M tokens/s"));
        }

        return ExitCode.Done;
    }

    private static void Decode(Tokenizer tokenizer, int[] tokens)
    {
        var decoder = new StreamingDecoder(tokenizer);
        foreach (int token in tokens)
            decoder.Append(token);
    }
}

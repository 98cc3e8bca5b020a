using System.Diagnostics;
using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>
/// Damaged tokenizer files: nothing but <see cref="InvalidModelException"/> may come out, in bounded time, and a tokenizer that opens must
/// encode and decode. KF_FUZZ_SEED=random draws new damage.
/// </summary>
public class TokenizerFuzzTests
{
    // Far beyond what a damaged file of a few kilobytes takes on a slow machine.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(20);

    [Fact]
    public void Byte_level_json_survives() => Fuzz(Json(Trained()), 4000, bytes => TokenizerFactory.ReadJson(bytes));

    [Fact]
    public void Unigram_json_survives() => Fuzz(Json(TrainedUnigram()), 4000, bytes => TokenizerFactory.ReadJson(bytes));

    [Fact]
    public void Llama_style_json_survives() => Fuzz(Encoding.UTF8.GetBytes("""
        {"added_tokens":[{"id":0,"content":"<unk>","special":true,"lstrip":false,"rstrip":true,"single_word":false,"normalized":false}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|[\\p{L}\\d]{1,3})|\\s+(?!\\S)|[^a-f]?x*+"},"behavior":"MergedWithNext","invert":false},{"type":"Digits","individual_digits":true}]},
         "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
         "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{"<unk>":0,"<0x41>":1,"▁":2,"a":3,"b":4,"▁a":5,"ab":6},"merges":["▁ a",["a","b"]]}}
        """), 8000, bytes => TokenizerFactory.ReadJson(bytes));

    [Fact]
    public void Sentencepiece_models_survive() => Fuzz(
        new SentencePieceModelTests.ModelFile(1) { CharacterMap = SentencePieceModelTests.DoubleArray.Create(("A", "a"), ("AB", "ab")) }
            .Pieces("▁a", "a", "b", "▁", "ab").Piece("<0x41>", 0, 6).Build(),
        2000, bytes => TokenizerFactory.ReadSentencePiece(bytes.Span));

    [Fact]
    public void Sentencepiece_bpe_models_survive() => Fuzz(new SentencePieceModelTests.ModelFile(2).Pieces("▁a", "a", "b", "▁", "ab", "▁ab").Piece("<0x41>", 0, 6).Build(),
        8000, bytes => TokenizerFactory.ReadSentencePiece(bytes.Span));

    [Theory]
    [InlineData("gpt2")]
    [InlineData("t5")]
    [InlineData("bert")]
    [InlineData("llama")]
    public void Gguf_vocabularies_survive(string model)
    {
        byte[] bytes = model switch
        {
            "gpt2" => Gguf(Trained()),
            "t5" => Gguf(TrainedUnigram()),
            _ => new TestVocabulary().With("tokenizer.ggml.model", model).Pieces("▁a", "▁", "b", "ab", "▁ab").ToGguf().Build(),
        };
        Fuzz(bytes, 4000, mutated =>
        {
            using var file = new GgufFile(mutated);
            return TokenizerFactory.Create(file);
        });
    }

    private static Tokenizer Trained() => BpeTrainer.Train(Enumerable.Repeat("some words, some other words: 1234 été", 3), new BpeTrainingOptions { VocabularySize = 290, SpecialTokens = ["<s>"], BosToken = "<s>" });

    private static Tokenizer TrainedUnigram() => UnigramTrainer.Train(Enumerable.Repeat("some words, some other words: 1234 été", 3), new UnigramTrainingOptions { VocabularySize = 60, ByteFallback = false });

    private static byte[] Json(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        TokenizerJsonWriter.Write(tokenizer, stream);
        return stream.ToArray();
    }

    private static byte[] Gguf(Tokenizer tokenizer)
    {
        var writer = new GgufWriter();
        GgufTokenizerWriter.Write(tokenizer, writer);
        using var stream = new MemoryStream();
        writer.Write(stream, (_, _) => { });
        return stream.ToArray();
    }

    private static void Fuzz(byte[] original, int count, Func<ReadOnlyMemory<byte>, Tokenizer> read)
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        var mutator = new GgufMutator(original, original.Length);
        int opened = 0;
        for (int i = 0; i < count; i++)
        {
            var (bytes, description) = mutator.Next(random);
            string name = $"KF_FUZZ_SEED={seed}, mutation {i}:{description}";
            long started = Stopwatch.GetTimestamp();
            try
            {
                var tokenizer = read(bytes);
                string text = "Once <s> some words 12345 ab ABé\u0301🦙<unk></s>\n" + DrawnText.Next(random, 10);
                int[] tokens = tokenizer.Encode(text, parseSpecial: true);
                Assert.All(tokens, token => Assert.InRange(token, 0, tokenizer.VocabularySize - 1));
                tokenizer.Decode(tokens, includeSpecial: true);
                Assert.Equal(tokens, tokenizer.EncodeWithOffsets(text, parseSpecial: true).Select(token => token.Id));
                opened++;
            }
            catch (InvalidModelException)
            {
            }
            catch (Exception error)
            {
                Assert.Fail($"{name}\n{error}");
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < s_most, name);
        }

        // Damage that always shows at once would test nothing behind it.
        Assert.InRange(opened, 1, count - 1);
    }
}

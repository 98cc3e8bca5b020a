using System.Text;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class TokenizerJsonTests
{
    private const string WordModel = """ "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1,"b":2,"ab":3,"é":4,"e":5,"x y":6,"fi":7,"A":8,"c":9,"ca":10}} """;

    [Fact]
    public void A_trained_byte_level_tokenizer_survives()
    {
        var trained = BpeTrainer.Train(Enumerable.Repeat("some words, some other words: 1234 été", 10),
            new BpeTrainingOptions { VocabularySize = 320, PreTokenizer = "llama3", SpecialTokens = ["<s>", "</s>"], BosToken = "<s>", EosToken = "</s>" });
        using var stream = new MemoryStream();
        TokenizerJsonWriter.Write(trained, stream);
        var read = TokenizerFactory.ReadJson(stream.ToArray());

        Assert.Equal((trained.VocabularySize, trained.BosId, true), (read.VocabularySize, read.BosId, read.AddBos));
        Assert.Equal([0], read.Prefix);
        Assert.Empty(read.Suffix);
        Assert.Equal("llama3", read.Parts.Recipe?.PreTokenizer);
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            string text = "some words <s>" + DrawnText.Next(random, random.Next(30));
            Assert.True(trained.Encode(text, parseSpecial: true).SequenceEqual(read.Encode(text, parseSpecial: true)), $"Seed {seed}: '{text}'");
            Assert.True(read.Decode(read.Encode(text)) == text, $"Seed {seed}: '{text}'");
        }
    }

    [Theory]
    [InlineData("""{"type":"Lowercase"}""", "A", "1")]
    [InlineData("""{"type":"NFD"}""", "é", "0")]
    [InlineData("""{"type":"NFC"}""", "e\u0301", "4")]
    [InlineData("""{"type":"NFKC"}""", "ﬁ", "7")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"}]}""", "é", "5")]
    [InlineData("""{"type":"Prepend","prepend":"c"}""", "a", "10")]
    [InlineData("""{"type":"Replace","pattern":{"String":"z"},"content":"ab"}""", "z", "3")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"[xyz]+"},"content":"ab"}""", "xyz", "3")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":true}""", " \tx y\n", "6")]
    [InlineData("""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""", "\u0000É\u200B", "5")]
    public void Normalizers_do_as_they_are_called(string normalizer, string text, string ids) =>
        Assert.Equal(Ids(ids), Read($$"""{"normalizer":{{normalizer}},{{WordModel}}}""").Encode(text));

    [Theory]
    [InlineData("""{"type":"WhitespaceSplit"}""", " a  b\n", "1 2")]
    [InlineData("""{"type":"Whitespace"}""", "a...b", "1 0 2")]
    [InlineData("""{"type":"Punctuation"}""", "a!b", "1 0 2")]
    [InlineData("""{"type":"Punctuation","behavior":"Removed"}""", "a!b", "1 2")]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "a12b", "1 0 0 2")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "a12b", "1 0 2")]
    [InlineData("""{"type":"CharDelimiterSplit","delimiter":"-"}""", "a-ab-", "1 3")]
    [InlineData("""{"type":"BertPreTokenizer"}""", "a b$ab", "1 2 0 3")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Removed","invert":false}""", "a-b", "1 2")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"\\w"},"behavior":"Removed","invert":true}""", "a-+b", "1 2")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"c"},"behavior":"MergedWithNext","invert":false}""", "acab", "1 0")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"c"},"behavior":"MergedWithNext","invert":false}""", "aca", "1 10")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"a$"},"behavior":"MergedWithPrevious","invert":false}""", "ca", "10")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[ab]"},"behavior":"Contiguous","invert":false}""", "cab", "9 3")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[ab]"},"behavior":"Isolated","invert":false}""", "cab", "9 1 2")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Digits","individual_digits":true}]}""", "a 1b", "1 0 2")]
    public void Pre_tokenizers_cut_as_they_are_called(string preTokenizer, string text, string ids) =>
        Assert.Equal(Ids(ids), Read($$"""{"pre_tokenizer":{{preTokenizer}},{{WordModel}}}""").Encode(text));

    [Theory]
    [InlineData("""{"id":11,"content":"<x>","special":true}""", "a <x> b", "0 11 0")]
    [InlineData("""{"id":11,"content":"<x>","special":true,"lstrip":true}""", "a <x>a", "1 11 1")]
    [InlineData("""{"id":11,"content":"<x>","special":true,"rstrip":true}""", "a<x> a", "1 11 1")]
    [InlineData("""{"id":11,"content":"ab","single_word":true}""", "ab", "11")]
    [InlineData("""{"id":11,"content":"c","single_word":true}""", "ca", "10")]
    [InlineData("""{"id":11,"content":"Q","normalized":true}""", "q", "11", """{"type":"Replace","pattern":{"String":"q"},"content":"Q"}""")]
    [InlineData("""{"id":11,"content":"Q","normalized":false}""", "q", "0", """{"type":"Replace","pattern":{"String":"q"},"content":"Q"}""")]
    public void Added_tokens_keep_to_their_flags(string token, string text, string ids, string normalizer = "null") =>
        Assert.Equal(Ids(ids), Read($$"""{"added_tokens":[{{token}}],"normalizer":{{normalizer}},{{WordModel}}}""").Encode(text, parseSpecial: true));

    [Fact]
    public void Llama_style_files_merge_characters_and_fall_back_to_bytes()
    {
        string bytes = string.Join(',', Enumerable.Range(0, 256).Select(b => $"\"<0x{b:X2}>\":{b + 3}"));
        var tokenizer = Read($$$"""
            {"added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true},{"id":2,"content":"</s>","special":true}],
             "normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
             "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
               "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]} } },
             "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
             "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,
               "vocab":{"<unk>":0,"<s>":1,"</s>":2,{{{bytes}}},"▁":259,"a":260,"b":261,"▁a":262,"ab":263,"▁ab":264},"merges":["▁ a","a b","▁a b"]}}
            """);

        Assert.Equal([264, 262, 259, 259 + 3, 3 + 0xC3, 3 + 0xA9], tokenizer.Encode("ab a  aé"));
        Assert.Equal("ab a  aé", tokenizer.Decode(tokenizer.Encode("ab a  aé")));
        Assert.Equal([1], tokenizer.Prefix);
        Assert.Equal((1, true), (tokenizer.BosId, tokenizer.AddBos));
        Assert.Equal("BPE", tokenizer.Kind);
        Assert.Single(tokenizer.Parts.Splitters);
    }

    [Fact]
    public void Bert_style_files_write_words_with_marks_joined()
    {
        var tokenizer = Read("""
            {"added_tokens":[{"id":0,"content":"[UNK]","special":true},{"id":1,"content":"[CLS]","special":true},{"id":2,"content":"[SEP]","special":true}],
             "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
             "post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":7,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"play":3,"##ing":4,"!":5,"the":6,"中":7,"##i":8}}}
            """);

        Assert.Equal([6, 3, 4, 5], tokenizer.Encode("Thé playing!"));
        Assert.Equal("the playing!", tokenizer.Decode([6, 3, 4, 5]));
        Assert.Equal([7, 0, 0, 3], tokenizer.Encode("中plax playiiii play"));
        Assert.Equal([1], tokenizer.Prefix);
        Assert.Equal([2], tokenizer.Suffix);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "array")]
    [InlineData("{}", "absent")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}""", "id 0 twice")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}""", "'a' and 'b'")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}}""", "an array of 1")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}""", "id -1")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":2000000000},"merges":[]}}""", "id 2000000000")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0.5},"merges":[]}}""", "0.5")]
    [InlineData("""{"model":{"type":"BPE","unk_token":"u","vocab":{"a":0},"merges":[]}}""", "no token")]
    [InlineData("""{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0},"merges":[]}}""", "</w>")]
    [InlineData("""{"model":{"type":"RNN","vocab":{"a":0}}}""", "unsupported model")]
    [InlineData("""{"model":{"type":"Unigram","unk_id":7,"vocab":[["a",0]]}}""", "7")]
    [InlineData("""{"normalizer":{"type":"Magic"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "unsupported normalizer")]
    [InlineData("""{"pre_tokenizer":{"type":"Magic"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "unsupported pre-tokenizer")]
    [InlineData("""{"decoder":{"type":"CTC"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "unsupported decoder")]
    [InlineData("""{"post_processor":{"type":"Magic"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "unsupported post-processor")]
    [InlineData("""{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?<=a)b"},"behavior":"Isolated","invert":false},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "not supported")]
    [InlineData("""{"added_tokens":[{"id":0,"content":"x"},{"id":0,"content":"y"}],"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", "second token of id 0")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"\ud800":0},"merges":[]}}""", "surrogate")]
    public void What_is_wrong_is_named(string json, string found)
    {
        var error = Assert.Throws<InvalidModelException>(() => Read(json));

        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<InvalidModelException>(
        () => Read(string.Concat(Enumerable.Repeat("""{"normalizer":{"type":"Sequence","normalizers":[""", 100_000))));

    [Fact]
    public void The_configuration_beside_it_names_the_special_tokens()
    {
        string json = """{"added_tokens":[{"id":2,"content":"<e>","special":true},{"id":1,"content":"<b>","special":true}],"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""";
        var tokenizer = TokenizerFactory.ReadJson(Encoding.UTF8.GetBytes(json),
            Encoding.UTF8.GetBytes("""{"bos_token":"<b>","eos_token":{"content":"<e>","lstrip":false},"pad_token":null,"add_bos_token":true}"""));

        Assert.Equal((1, 2, null, true, false), (tokenizer.BosId, tokenizer.EosId, tokenizer.PaddingId, tokenizer.AddBos, tokenizer.AddEos));
        Assert.Equal([1], tokenizer.Prefix);
    }

    private static Tokenizer Read(string json) => TokenizerFactory.ReadJson(Encoding.UTF8.GetBytes(json));

    private static int[] Ids(string ids) => [.. ids.Split(' ').Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];
}

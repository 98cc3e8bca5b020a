using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>BERT's tokenizer.json, written as GGUF.</summary>
public class WordPieceFolderTests
{
    private const string Tokenizer = """
        {"added_tokens": [
           {"id": 0, "content": "[PAD]", "special": true}, {"id": 1, "content": "[UNK]", "special": true}, {"id": 2, "content": "[CLS]", "special": true},
           {"id": 3, "content": "[SEP]", "special": true}, {"id": 4, "content": "[MASK]", "special": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {
           "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "the": 5, "play": 6, "##ing": 7, "##s": 8, "a": 9, "##b": 10, "b": 11, "##a": 12, "cafe": 13, ",": 14, "!": 15, "中": 16, "##the": 17, "s": 18, "##": 19, "#": 20, "The": 21, "café": 22}}}
        """;

    private static readonly string[] s_texts =
        ["The playing plays,the PLAY!", "Café ab BA abab", "中a中 ", "x the  \n s##s # ##", "[MASK] the [SEP]", "", "bathe sthe", "theплay"];

    [Theory]
    [InlineData("null", "true")]
    [InlineData("null", "false")]
    [InlineData("true", "false")]
    [InlineData("false", "true")]
    public void TheFileHasTheFoldersTokens(string stripsAccents, string lowercases)
    {
        using ArchitectureFolder folder = Folder(Tokenizer
            .Replace("\"strip_accents\": null", $"\"strip_accents\": {stripsAccents}", StringComparison.Ordinal)
            .Replace("\"lowercase\": true", $"\"lowercase\": {lowercases}", StringComparison.Ordinal));
        using HuggingFaceModel model = HuggingFaceModel.Open(folder.Path);
        HuggingFaceModel.CheckWritable(model.File);
        Tokenizer written = TokenizerFactory.Create(model.File);
        foreach (string text in s_texts)
        {
            Assert.Equal(model.Tokenizer.Encode(text), written.Encode(text));
            Assert.Equal(model.Tokenizer.Encode(text, parseSpecial: true), written.Encode(text, parseSpecial: true));
        }

        // Capitals and accents make other words where they stay.
        Assert.Equal(lowercases == "true" ? [5] : [21], written.Encode("The"));
        Assert.Equal((stripsAccents, lowercases) is ("null", "true") or ("true", _) ? [13] : [22], written.Encode("café"));
        Assert.Equal([6, 7, 5], written.Encode("playing the"));
        Assert.Equal([2], written.Prefix);
        Assert.Equal([3], written.Suffix);
        Assert.Equal(model.Tokenizer.Decode([5, 6, 7, 14, 5, 16]), written.Decode([5, 6, 7, 14, 5, 16]));
    }

    // GGUF does not say how text is normalized otherwise.
    [Theory]
    [InlineData("\"clean_text\": true", "\"clean_text\": false")]
    [InlineData("{\"type\": \"BertPreTokenizer\"}", "{\"type\": \"Whitespace\"}")]
    [InlineData("\"continuing_subword_prefix\": \"##\"", "\"continuing_subword_prefix\": \"@@\"")]
    public void WhatTheFileCannotSayIsRefused(string part, string other)
    {
        using ArchitectureFolder folder = Folder(Tokenizer.Replace(part, other, StringComparison.Ordinal));
        using HuggingFaceModel model = HuggingFaceModel.Open(folder.Path);
        Assert.Throws<InvalidModelException>(() => HuggingFaceModel.CheckWritable(model.File));
        Assert.NotEmpty(model.Tokenizer.Encode("the"));
    }

    private static ArchitectureFolder Folder(string tokenizer)
    {
        Definition definition = Definitions.All["bert"];
        var folder = new ArchitectureFolder(definition, new DrawnModel(definition));
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.json"), tokenizer);
        File.WriteAllText(
            Path.Combine(folder.Path, "tokenizer_config.json"), """{"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}""");
        return folder;
    }
}

using System.Globalization;
using KernelFoundry.Inference.Tokenizers.Normalizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>
/// SentencePiece's own file, <c>tokenizer.model</c>: the message ModelProto of sentencepiece_model.proto. BPE and unigram models, with their
/// normalization rules.
/// </summary>
internal sealed class SentencePieceModel
{
    private const int Unigram = 1, Bpe = 2;
    private readonly string _file;
    private readonly TokenTextsBuilder _texts = new(1 << 10, 1 << 13);
    private readonly List<float> _scores = [];
    private readonly List<TokenType> _types = [];
    private byte[] _characterMap = [];
    private bool _addPrefix = true;
    private bool _removesExtra = true;
    private bool _escapes = true;
    private ulong _kind = Unigram;
    private int _unknown;
    private int _bos = 1;
    private int _eos = 2;
    private int _padding = -1;

    private SentencePieceModel(string file) => _file = file;

    /// <summary>Reads a tokenizer.</summary>
    /// <exception cref="InvalidModelException">The file is malformed, or needs what is not supported.</exception>
    public static Tokenizer Read(ReadOnlySpan<byte> content, string file)
    {
        var model = new SentencePieceModel(file);
        var message = new ProtobufReader(content, file, "the file");
        while (message.MoveNext())
        {
            switch (message.Number)
            {
                case 1: model.ReadPiece(message.Bytes); break;
                case 2: model.ReadTrainer(message.Bytes); break;
                case 3: model.ReadNormalizer(message.Bytes); break;
            }
        }

        return model.Create();
    }

    private void ReadPiece(ReadOnlySpan<byte> content)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"piece {_types.Count}");
        var message = new ProtobufReader(content, _file, name);
        float score = 0;
        ulong type = (ulong)TokenType.Normal;
        bool hasText = false;
        while (message.MoveNext())
        {
            switch (message.Number)
            {
                case 1 when hasText: throw new InvalidModelException(_file, name, "with two texts", "one");
                case 1:
                    _texts.Add(message.Bytes);
                    hasText = true;
                    break;
                case 2: score = message.Single; break;
                case 3: type = message.Integer; break;
            }
        }

        if (!hasText || type is 0 or > (ulong)TokenType.Byte || float.IsNaN(score))
            throw new InvalidModelException(_file, name, !hasText ? "without a text" : $"of type {type} and score {score.ToString(CultureInfo.InvariantCulture)}", "a text, a type from 1 to 6 and a number");
        _types.Add((TokenType)type);
        _scores.Add(score);
    }

    private void ReadTrainer(ReadOnlySpan<byte> content)
    {
        var message = new ProtobufReader(content, _file, "trainer_spec");
        while (message.MoveNext())
        {
            switch (message.Number)
            {
                case 3: _kind = message.Integer; break;
                case 40: _unknown = unchecked((int)message.Integer); break;
                case 41: _bos = unchecked((int)message.Integer); break;
                case 42: _eos = unchecked((int)message.Integer); break;
                case 43: _padding = unchecked((int)message.Integer); break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> content)
    {
        var message = new ProtobufReader(content, _file, "normalizer_spec");
        while (message.MoveNext())
        {
            switch (message.Number)
            {
                case 2: _characterMap = message.Bytes.ToArray(); break;
                case 3: _addPrefix = message.Integer != 0; break;
                case 4: _removesExtra = message.Integer != 0; break;
                case 5: _escapes = message.Integer != 0; break;
            }
        }
    }

    private Tokenizer Create()
    {
        if (_types.Count is 0 or > Vocabulary.MaximumTokens)
            throw new InvalidModelException(_file, "the file", $"a vocabulary of {_types.Count} pieces", $"1 to {Vocabulary.MaximumTokens} pieces");
        if (!_escapes)
            throw new InvalidModelException(_file, "normalizer_spec.escape_whitespaces", "false", "true");
        var vocabulary = new Vocabulary(_texts.Build(), [.. _types], _file);
        int[] bytes = SentencePieceVocabulary.ByteTokens(vocabulary,
            (id, found) => new InvalidModelException(_file, $"piece {id}", $"{found}, which is marked as a byte", "<0x00> to <0xFF>"));
        var map = _characterMap.Length == 0 ? null
            : CharacterMap.Read(_characterMap) ?? throw new InvalidModelException(_file, "normalizer_spec.precompiled_charsmap", "malformed", "compiled normalization rules");
        var special = new SpecialTokens { Unknown = Role(_unknown), Bos = Role(_bos), Eos = Role(_eos), Padding = Role(_padding) };
        float[] scores = [.. _scores];
        if (_kind == Unigram)
            return SentencePieceUnigram.Create(vocabulary, special, scores, bytes, _addPrefix, _removesExtra, map);
        if (_kind != Bpe)
            throw new InvalidModelException(_file, "trainer_spec.model_type", $"the unsupported type {_kind}", "1 (unigram) or 2 (BPE)");
        return SentencePieceBpe.Create(vocabulary, special with { AddBos = special.Bos is not null }, scores, bytes, _addPrefix, _removesExtra, map);
    }

    private int? Role(int id) => id >= 0 && id < _types.Count ? id : null;
}

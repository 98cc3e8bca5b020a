using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class SentencePieceModelTests
{
    private const int Unigram = 1, Bpe = 2;

    [Fact]
    public void A_bpe_model_merges_by_score()
    {
        var tokenizer = Read(new ModelFile(Bpe).Pieces("▁a", "ab", "▁", "a", "b"));

        Assert.Equal("BPE", tokenizer.Kind);
        Assert.Equal((1, 2, 0), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId));
        Assert.Equal([3, 7, 4], tokenizer.Encode("abab"));
        Assert.Equal("abab", tokenizer.Decode([3, 7, 4]));
    }

    [Fact]
    public void A_unigram_model_finds_the_most_probable_way()
    {
        var tokenizer = Read(new ModelFile(Unigram).Pieces("▁ab", "▁", "a", "b", "ab"));

        Assert.Equal("unigram", tokenizer.Kind);
        Assert.Equal([3, 7], tokenizer.Encode("abab"));
        Assert.Equal([3, 3], tokenizer.Encode("  ab   ab "));
        Assert.Equal([3, 0], tokenizer.Encode("abxy"));
    }

    [Fact]
    public void Normalization_rules_and_switches_are_followed()
    {
        // A double-array trie of two entries: 'A' becomes 'a', and 'A' followed by 'B' becomes "ab".
        var tokenizer = Read(new ModelFile(Unigram) { CharacterMap = DoubleArray.Create(("A", "a"), ("AB", "ab"), ("ﬁ", "fi")), AddPrefix = false, RemovesExtra = false }
            .Pieces("a", "b", "ab", "fi", "▁"));

        Assert.Equal([3, 3], tokenizer.Encode("Aa"));
        Assert.Equal([5], tokenizer.Encode("AB"));
        Assert.Equal([6, 7, 7, 3], tokenizer.Encode("ﬁ  A"));
        var offsets = tokenizer.EncodeWithOffsets("ﬁAB a");
        Assert.Equal([(0, 1), (1, 3), (3, 4), (4, 5)], offsets.Select(token => (token.Start, token.End)));
    }

    [Fact]
    public void A_broken_file_is_named()
    {
        byte[] good = new ModelFile(Bpe).Pieces("a").Build();
        string Found(byte[] bytes) => Assert.Throws<InvalidModelException>(() => TokenizerFactory.ReadSentencePiece(bytes)).Message;

        Assert.Contains("0 pieces", Found([]), StringComparison.Ordinal);
        Assert.Contains("cut off", Found(good[..^1]), StringComparison.Ordinal);
        Assert.Contains("wire type 3", Found([0x0B]), StringComparison.Ordinal);
        Assert.Contains("unsupported type 4", Found(new ModelFile(4).Pieces("a").Build()), StringComparison.Ordinal);
        Assert.Contains("of type 9", Found(new ModelFile(Bpe).Piece("a", 0, 9).Build()), StringComparison.Ordinal);
        Assert.Contains("NaN", Found(new ModelFile(Bpe).Piece("a", float.NaN, 1).Build()), StringComparison.Ordinal);
        Assert.Contains("marked as a byte", Found(new ModelFile(Bpe).Piece("<0xZZ>", 0, 6).Build()), StringComparison.Ordinal);
        Assert.Contains("malformed", Found(new ModelFile(Unigram) { CharacterMap = [1, 2, 3, 4, 5] }.Pieces("a").Build()), StringComparison.Ordinal);
    }

    private static Tokenizer Read(ModelFile file) => TokenizerFactory.ReadSentencePiece(file.Build());

    /// <summary>Writes the messages of sentencepiece_model.proto that matter; &lt;unk&gt;, &lt;s&gt; and &lt;/s&gt; come first.</summary>
    internal sealed class ModelFile(int kind)
    {
        private readonly List<byte[]> _pieces = [];

        public byte[] CharacterMap { get; init; } = [];

        public bool AddPrefix { get; init; } = true;

        public bool RemovesExtra { get; init; } = true;

        /// <summary>Pieces whose scores fall with their order.</summary>
        public ModelFile Pieces(params string[] pieces)
        {
            foreach (string piece in pieces)
                Piece(piece, -1 - _pieces.Count, 1);
            return this;
        }

        public ModelFile Piece(string text, float score, int type)
        {
            _pieces.Add([.. Bytes(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), .. Integer(3, type)]);
            return this;
        }

        public byte[] Build()
        {
            var first = new ModelFile(kind).Piece("<unk>", 0, 2).Piece("<s>", 0, 3).Piece("</s>", 0, 3)._pieces;
            return [.. first.Concat(_pieces).SelectMany(piece => Bytes(1, piece)), .. Bytes(2, Integer(3, kind)),
                .. Bytes(3, [.. Bytes(2, CharacterMap), .. Integer(3, AddPrefix ? 1 : 0), .. Integer(4, RemovesExtra ? 1 : 0)])];
        }

        private static byte[] Integer(int field, int value) => [(byte)(field << 3), (byte)value];

        private static byte[] Bytes(int field, byte[] value)
        {
            var length = new List<byte>();
            for (int rest = value.Length; rest > 0 || length.Count == 0; rest >>= 7)
                length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            return [(byte)((field << 3) | 2), .. length, .. value];
        }
    }

    /// <summary>Builds a double-array trie in the layout of darts-clone, by trying offsets until one is free.</summary>
    internal static class DoubleArray
    {
        private const int Size = 4096;

        public static byte[] Create(params (string From, string To)[] rules)
        {
            var blob = new List<byte>();
            var entries = new List<(byte[] Key, int Value)>();
            foreach (var (from, to) in rules)
            {
                entries.Add((Encoding.UTF8.GetBytes(from), blob.Count));
                blob.AddRange([.. Encoding.UTF8.GetBytes(to), 0]);
            }

            var units = new uint[Size];
            var used = new bool[Size];
            used[0] = true;
            Place(entries, 0, 0, units, used);
            return [.. BitConverter.GetBytes(Size * sizeof(uint)), .. units.SelectMany(unit => BitConverter.GetBytes(unit)), .. blob];
        }

        // A unit holds its label, whether a leaf hangs on it, and what its place is XORed with to give its children's.
        private static void Place(List<(byte[] Key, int Value)> entries, int depth, uint node, uint[] units, bool[] used)
        {
            int? value = entries.Where(entry => entry.Key.Length == depth).Select(entry => (int?)entry.Value).FirstOrDefault();
            var children = entries.Where(entry => entry.Key.Length > depth).GroupBy(entry => entry.Key[depth]).ToList();
            uint offset = 1;
            while (children.Any(child => used[node ^ offset ^ child.Key]) || (value is not null && used[node ^ offset]))
                offset++;
            units[node] |= (offset << 10) | (value is null ? 0u : 1u << 8);
            if (value is { } leaf)
            {
                used[node ^ offset] = true;
                units[node ^ offset] = (uint)leaf | 0x8000_0000;
            }

            foreach (var child in children)
            {
                used[node ^ offset ^ child.Key] = true;
                units[node ^ offset ^ child.Key] = child.Key;
            }

            foreach (var child in children)
                Place([.. child], depth + 1, node ^ offset ^ child.Key, units, used);
        }
    }
}

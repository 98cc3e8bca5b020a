using KernelFoundry.Inference.Tests.Architectures;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>
/// Tensors of folders that are two of GGUF's in one: gates and ups of gpt-oss, which take turns, and keys and values of latent attention. Layouts are those of transformers'
/// <c>modeling_gpt_oss.py</c> and <c>modeling_deepseek_v2.py</c>, and of gpt-oss's published files.
/// </summary>
internal static class JoinedTensors
{
    /// <summary>What a tensor of GGUF becomes; none where it is the second of a pair.</summary>
    public static IEnumerable<FolderTensor> Of(DrawnModel drawn, Definition d, string name, MatrixForm form)
    {
        if (name.Contains("attn_k_b", StringComparison.Ordinal))
        {
            var (values, dimensions) = OlderTensors.Joined(d, drawn.Tensors[name].Values, drawn.Tensors[name.Replace("attn_k_b", "attn_v_b", StringComparison.Ordinal)].Values);
            return [new FolderTensor("self_attn.kv_b_proj.weight", [.. dimensions.Reverse()], values)];
        }

        if (name.Contains("attn_v_b", StringComparison.Ordinal) || name.Contains("ffn_up_exps", StringComparison.Ordinal))
            return [];
        bool isBias = name.EndsWith(".bias", StringComparison.Ordinal), isDown = name.Contains("ffn_down", StringComparison.Ordinal);
        string up = name.Replace("ffn_gate_exps", "ffn_up_exps", StringComparison.Ordinal), known = "mlp.experts." + (isDown ? "down_proj" : "gate_up_proj");
        long[] shape = [.. drawn.Tensors[name].Dimensions.Reverse()];
        if (isBias)
            return [new FolderTensor(known + "_bias", [shape[0], (isDown ? 1 : 2) * shape[1]], isDown ? drawn.Tensors[name].Values : Turns(drawn.Tensors[name].Values, drawn.Tensors[up].Values, 1))];
        int columns = (int)shape[2], rows = (int)shape[1] * (isDown ? 1 : 2);
        if (form == MatrixForm.Fours)
            return Blocks(known, [shape[0], rows, columns / 32], isDown ? drawn.Blocks(name) : Turns(drawn.Blocks(name), drawn.Blocks(up), columns / 32 * 17));
        float[] values2 = isDown ? drawn.Tensors[name].Values : Turns(drawn.Tensors[name].Values, drawn.Tensors[up].Values, columns);
        return [new FolderTensor(known, [shape[0], columns, rows], [.. values2.Chunk(rows * columns).SelectMany(matrix => InputsFirst(matrix, rows, columns))])];
    }

    private static T[] Turns<T>(T[] first, T[] second, int row) => [.. first.Chunk(row).Zip(second.Chunk(row), (a, b) => a.Concat(b)).SelectMany(pair => pair)];

    private static IEnumerable<float> InputsFirst(float[] matrix, int rows, int columns) =>
        Enumerable.Range(0, columns).SelectMany(column => Enumerable.Range(0, rows).Select(row => matrix[(row * columns) + column]));

    // A block of GGUF: its exponent, then bytes whose low nibbles are the first half of its elements. Here neighbours share a byte.
    private static FolderTensor[] Blocks(string name, long[] shape, byte[] blocks)
    {
        byte[][] all = [.. blocks.Chunk(17)];
        byte[] pairs = [.. all.SelectMany(block =>
        {
            int[] codes = [.. block[1..].Select(b => b & 15), .. block[1..].Select(b => b >> 4)];
            return codes.Chunk(2).Select(pair => (byte)(pair[0] + (16 * pair[1])));
        })];
        return [new FolderTensor(name + "_blocks", [.. shape, 16], [], pairs), new FolderTensor(name + "_scales", shape, [], [.. all.Select(block => block[0])])];
    }
}

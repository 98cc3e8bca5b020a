using KernelFoundry.Inference.Tokenizers.Models;

namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>Takes the pieces that a splitter makes: the splitters after it cut them further, then the model makes tokens of them.</summary>
/// <param name="rest">The splitters still to come.</param>
/// <param name="model">What follows the last of them.</param>
/// <param name="output">Takes the tokens.</param>
internal readonly ref struct PieceSink(ReadOnlySpan<Splitter> rest, TokenModel model, TokenBuffer output)
{
    private readonly ReadOnlySpan<Splitter> _rest = rest;
    private readonly TokenModel _model = model;
    private readonly TokenBuffer _output = output;

    /// <summary>Takes the piece <c>text[start..end]</c>; an empty one is none.</summary>
    public void Take(ReadOnlySpan<byte> text, int start, int end)
    {
        if (start == end)
            return;
        if (_rest.IsEmpty)
        {
            _output.PieceStart = start;
            _model.Encode(text[start..end], _output);
        }
        else
        {
            _rest[0].Split(text, start, end, new PieceSink(_rest[1..], _model, _output));
        }
    }
}

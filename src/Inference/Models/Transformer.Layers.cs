using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <content>The layers, from tokens to logits: what an architecture has not, its weights have not.</content>
public sealed partial class Transformer
{
    private void Run(ActivationViews batch, int skipped, View2<float> logits)
    {
        ProductOrder.Set(_options.BatchInvariant);
        RunLayers(batch);
        if (logits.Extent0 > 0)
            ComputeLogits(batch, skipped, logits);
    }

    private void RunLayers(ActivationViews batch)
    {
        Embed(batch);
        _hooks?.Run(0, batch.Residual);
        for (int i = 0; i < _weights.Layers.Count; i++)
        {
            Attend(i, batch);
            FeedForward(_weights.Layers[i], batch);
            _hooks?.Run(i + 1, batch.Residual);
        }

        _plan.Advance();
    }

    private void Embed(ActivationViews a)
    {
        _weights.TokenEmbedding.Embed(_device, a.Tokens, a.Residual, Configuration.EmbeddingScale);
        if (_weights.PositionEmbedding is { } positions)
        {
            positions.Embed(_device, _plan.Positions, a.Branch, 1);
            Elementwise.ResidualAdd(_device, a.Branch, a.Residual, a.Residual);
        }

        AddBias(_weights.FirstTextType, a.Residual);
        if (_weights.EmbeddingNorm is { } norm)
            Norm(a.Residual, norm, a.Residual);
    }

    private void Attend(int index, ActivationViews a)
    {
        LayerWeights layer = _weights.Layers[index];
        if (layer.Latent is { } latent)
            ProjectLatent(layer, latent, a);
        else
            ReadResidual(layer, layer.Attention!, a);
        AddBias(layer.AttentionBias, a.Projected);
        NormQueriesAndKeys(layer, a);
        RotaryEncoding rotary = _rotary[index, _plan.Capacity];
        if (_scalesTurned && Configuration.IsRotated(index))
            Elementwise.ScaleHeads(_device, TurnedPart(a.QueryHeads), TurnedPart(a.QueryHeads), Configuration.TurnedMagnitude * Configuration.TurnedMagnitude);
        _plan.Pool.Store(index, a, rotary, _plan);
        _hooks?.Attend(index, a.QueryHeads, layer.Scores, _plan);
        _plan.Pool.Attend(index, a, layer.Scores, _plan);
        AddTo(a.Residual, layer.AttentionOutput, layer.Latent is null ? a.Attended : ExpandValues(layer.Latent, a), a);
    }

    // A feed-forward layer that is parallel to attention reads the residual stream before attention is added.
    private void ReadResidual(LayerWeights layer, Projection projection, ActivationViews a)
    {
        if (Configuration.IsParallel && layer.FeedForwardNorm is { } norm)
            Norm(a.Residual, norm, a.FeedForwardInput);
        if (layer.AttentionNorm is not { } attentionNorm)
        {
            projection.Project(_device, a.Residual, a.Projected);
        }
        else if (Configuration.IsParallel)
        {
            Norm(a.Residual, attentionNorm, a.Normed);
            projection.Project(_device, a.Normed, a.Projected);
        }
        else
        {
            NormAndProject(a.Residual, attentionNorm, a.Normed, projection, a.Projected);
        }
    }

    private void NormQueriesAndKeys(LayerWeights layer, ActivationViews a)
    {
        if (layer.QueryNorm is not { } queryNorm || layer.KeyNorm is not { } keyNorm)
            return;
        if (Configuration.Architecture.QueryKeyNorm == QueryKeyNormKind.Head)
        {
            Normalization.RmsNormHeads(_device, a.QueryHeads, queryNorm.Weight, a.QueryHeads, Configuration.NormEpsilon);
            Normalization.RmsNormHeads(_device, a.KeyHeads, keyNorm.Weight, a.KeyHeads, Configuration.NormEpsilon);
            return;
        }

        View2<float> queries = a.Projected.Slice(1, 0, Configuration.QueryLength);
        View2<float> keys = a.Projected.Slice(1, Configuration.QueryLength, Configuration.KeyValueLength);
        Norm(queries, queryNorm, queries);
        Norm(keys, keyNorm, keys);
    }

    // Of the rotated elements alone: the others have their magnitude.
    private View3<float> TurnedPart(View3<float> heads) => heads.Slice(2, 0, Configuration.RotaryDims);

    private void FeedForward(LayerWeights layer, ActivationViews a)
    {
        if (layer.Experts is { } mixture)
        {
            MixExperts(mixture, FeedForwardInput(layer, a), a);
            return;
        }

        FeedForwardWeights weights = layer.FeedForward!;
        if (weights is { IsFused: true, Down: { IsPlain: true, Matrix.Fuses: true } } && !Configuration.IsParallel && Configuration.ResidualScale == 1
            && layer.FeedForwardNorm is { } norm && FusesNorm(a.Residual, weights.GateUp))
        {
            weights.GateUp.ProjectNormed(_device, a.Residual, norm.Weight, Configuration.NormEpsilon, a.GateUp);
            weights.Down.Matrix.ProjectGatedAndAdd(_device, a.Gate, a.Up, a.Residual);
            return;
        }

        View2<float> input = FeedForwardInput(layer, a);
        if (weights.Gate is null)
            Activate(weights, input, a);
        else
            ActivateGated(weights, weights.Gate, input, a);
        AddTo(a.Residual, weights.Down, a.Gate, a);
    }

    private View2<float> FeedForwardInput(LayerWeights layer, ActivationViews a)
    {
        if (Configuration.IsParallel)
            return layer.FeedForwardNorm is null ? a.Normed : a.FeedForwardInput;
        if (layer.FeedForwardNorm is not { } norm)
            return a.Residual;
        Norm(a.Residual, norm, a.Normed);
        return a.Normed;
    }

    private void Activate(FeedForwardWeights weights, View2<float> input, ActivationViews a)
    {
        weights.Up.Project(_device, input, a.Gate);
        AddBias(weights.UpBias, a.Gate);
        if (Configuration.Architecture.FeedForward == FeedForwardKind.GeluTanh)
            Activation.Activate(_device, a.Gate, a.Gate, default(GeluTanh));
        else
            Activation.Activate(_device, a.Gate, a.Gate, default(GeluErf));
    }

    private void ActivateGated(FeedForwardWeights weights, WeightMatrix gate, View2<float> input, ActivationViews a)
    {
        gate.Project(_device, input, a.Gate);
        if (weights.IsFused)
        {
            weights.Up.ProjectAndGate(_device, input, a.Gate);
            return;
        }

        weights.Up.Project(_device, input, a.Up);
        AddBias(weights.GateBias, a.Gate);
        AddBias(weights.UpBias, a.Up);
        if (Configuration.Architecture.FeedForward == FeedForwardKind.SwiGlu)
            Activation.GatedLinearUnit(_device, a.Gate, a.Up, a.Gate, default(Silu));
        else
            Activation.GatedLinearUnit(_device, a.Gate, a.Up, a.Gate, default(GeluTanh));
    }

    private void AddTo(View2<float> residual, ResidualBranch branch, View2<float> x, ActivationViews a)
    {
        if (branch.Norm is null && Configuration.ResidualScale == 1)
        {
            branch.Matrix.ProjectAndAdd(_device, x, residual);
            AddBias(branch.Bias, residual);
        }
        else
        {
            branch.Matrix.Project(_device, x, a.Branch);
            AddBias(branch.Bias, a.Branch);
            if (branch.Norm is { } norm)
                Norm(a.Branch, norm, a.Branch);
            Elementwise.AddScaled(_device, a.Branch, residual, residual, Configuration.ResidualScale);
        }

        if (branch.ResidualNorm is { } residualNorm)
            Norm(residual, residualNorm, residual);
    }

    private void AddBias(View1<float> bias, View2<float> x)
    {
        if (bias.Memory is not null)
            Elementwise.AddBias(_device, x, bias, x);
    }

    private void ComputeLogits(ActivationViews a, int skipped, View2<float> logits) =>
        ComputeLogits(a.Residual.Slice(0, skipped, logits.Extent0), a.Normed.Slice(0, skipped, logits.Extent0), logits);

    private void ComputeLogits(View2<float> last, View2<float> normed, View2<float> logits)
    {
        NormAndProject(last, _weights.OutputNorm!, normed, _weights.Logits!, logits);
        FinishLogits(logits);
    }

    private void FinishLogits(View2<float> logits)
    {
        AddBias(_weights.LogitBias, logits);
        if (Configuration.LogitScale != 1)
            Elementwise.Scale(_device, logits, logits, Configuration.LogitScale);
        if (Configuration.LogitSoftCap > 0)
            Elementwise.SoftCap(_device, logits, logits, Configuration.LogitSoftCap);
    }

    // For one token, whose launches cost as much as small products, in one.
    private void NormAndProject(View2<float> x, NormWeights norm, View2<float> normed, Projection projection, View2<float> y)
    {
        if (FusesNorm(x, projection))
        {
            projection.ProjectNormed(_device, x, norm.Weight, Configuration.NormEpsilon, y);
            return;
        }

        Norm(x, norm, normed);
        projection.Project(_device, normed, y);
    }

    private bool FusesNorm(View2<float> x, Projection projection) => x.Extent0 == 1 && projection.Fuses && Configuration.Architecture.Norm == NormKind.RmsNorm;

    private void Norm(View2<float> x, NormWeights weights, View2<float> y)
    {
        if (Configuration.Architecture.Norm == NormKind.RmsNorm)
            Normalization.RmsNorm(_device, x, weights.Weight, y, Configuration.NormEpsilon);
        else
            Normalization.LayerNorm(_device, x, weights.Weight, weights.Bias, y, Configuration.NormEpsilon);
    }
}

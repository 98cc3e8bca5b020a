using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <content>Mixtures of experts: tokens grouped by expert, so that each chosen expert's weights are read once a batch, and no other's.</content>
public sealed partial class Transformer
{
    private const float GateSlope = 1.702f;
    private const float GateLimit = 7;

    private void MixExperts(ExpertWeights weights, View2<float> input, ActivationViews a)
    {
        ExpertActivations e = _experts!;
        ExpertConfiguration experts = Configuration.Experts!;
        int tokens = input.Extent0, slots = tokens * experts.Used;
        Route(weights, input, e, experts);

        View2<float> gathered = e.Input.Slice(0, 0, slots), both = e.GateUp.Slice(0, 0, slots), output = e.Output.Slice(0, 0, slots);
        View2<float> gate = both.Slice(1, 0, experts.FeedForwardLength), up = both.Slice(1, experts.FeedForwardLength, experts.FeedForwardLength);
        Embedding.EmbeddingLookup(_device, e.Tokens.Slice(0, slots), input, gathered, 1);
        for (int i = 0; i < experts.Count; i++)
        {
            if (!TryRows(e, i, out int first, out int count))
                continue;
            ExpertMatrices expert = weights.Experts[i];
            expert.GateUp.Project(_device, gathered.Slice(0, first, count), both.Slice(0, first, count));
            AddBias(expert.GateBias, gate.Slice(0, first, count));
            AddBias(expert.UpBias, up.Slice(0, first, count));
        }

        if (Configuration.Architecture.Experts!.ClampsGate)
            Activation.ClampedSwiGlu(_device, gate, up, gate, GateSlope, GateLimit);
        else
            Activation.GatedLinearUnit(_device, gate, up, gate, default(Silu));
        for (int i = 0; i < experts.Count; i++)
        {
            if (!TryRows(e, i, out int first, out int count))
                continue;
            ExpertMatrices expert = weights.Experts[i];
            View2<float> y = output.Slice(0, first, count);
            expert.Down.Project(_device, gate.Slice(0, first, count), y);
            AddBias(expert.DownBias, y);
        }

        // The shared experts read the input before the residual stream takes the results: neither overwrites it.
        Mixtures.CombineExperts(_device, output, e.Slots.Slice(0, 0, tokens), e.Weights.Slice(0, 0, tokens), a.Residual, a.Residual);
        AddShared(weights, input, e, a);
    }

    private void Route(ExpertWeights weights, View2<float> input, ExpertActivations e, ExpertConfiguration experts)
    {
        int tokens = input.Extent0, slots = tokens * experts.Used;
        View2<float> logits = e.Logits.Slice(0, 0, tokens);
        weights.Router.Project(_device, input, logits);
        AddBias(weights.RouterBias, logits);
        Span<float> host = e.HostLogits.AsSpan(0, tokens * experts.Count);
        logits.CopyTo(host);
        e.Router.Route(host, weights.SelectionBias);
        e.Tokens.Slice(0, slots).CopyFrom(e.Router.Tokens.AsSpan(0, slots));
        e.Slots.Slice(0, 0, tokens).CopyFrom(e.Router.Slots.AsSpan(0, slots));
        e.Weights.Slice(0, 0, tokens).CopyFrom(e.Router.Weights.AsSpan(0, slots));
    }

    private static bool TryRows(ExpertActivations e, int expert, out int first, out int count)
    {
        first = e.Router.Start(expert);
        count = e.Router.Start(expert + 1) - first;
        return count > 0;
    }

    private void AddShared(ExpertWeights weights, View2<float> input, ExpertActivations e, ActivationViews a)
    {
        if (weights.Shared is not { } shared)
            return;
        View2<float> gate = e.SharedHidden.Slice(0, 0, input.Extent0), up = e.SharedUp.Slice(0, 0, input.Extent0);
        shared.Gate!.Project(_device, input, gate);
        shared.Up.Project(_device, input, up);
        Activation.GatedLinearUnit(_device, gate, up, gate, default(Silu));
        if (weights.SharedGate is not { } sharedGate)
        {
            shared.Down.Matrix.ProjectAndAdd(_device, gate, a.Residual);
            return;
        }

        View2<float> share = e.SharedGate.Slice(0, 0, input.Extent0);
        sharedGate.Project(_device, input, share);
        shared.Down.Matrix.Project(_device, gate, a.Branch);
        Mixtures.AddGated(_device, a.Branch, share, a.Residual, a.Residual);
    }
}

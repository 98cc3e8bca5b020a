namespace KernelFoundry;

/// <summary>A sequence of launches on a device that takes them one by one.</summary>
internal sealed class PlainLaunchGraph : LaunchGraph
{
    private protected override bool Begin() => false;

    private protected override void End(bool isComplete)
    {
    }

    private protected override void Release()
    {
    }
}

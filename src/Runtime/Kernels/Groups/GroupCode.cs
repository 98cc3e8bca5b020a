using System.ComponentModel;

namespace KernelFoundry;

/// <summary>A kernel variant compiled to group code, and how to launch it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class GroupCode
{
    private protected GroupCode(delegate*<long*, LaunchShape*, void> plan, IReadOnlyList<int> viewBlocks, bool isMemoryOfLaunch)
    {
        if (plan == null)
            throw new ArgumentNullException(nameof(plan));
        Plan = plan;
        ViewBlocks = viewBlocks;
        IsMemoryOfLaunch = isMemoryOfLaunch;
    }

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }

    /// <summary>For each view, the elements of a block of its format (1 if it has none), the block's bytes, and the rows that lie together (1, or a panel's).</summary>
    public IReadOnlyList<int> ViewBlocks { get; }

    /// <summary>Whether the group's memory depends on the launch; it is a constant of the code if not.</summary>
    public bool IsMemoryOfLaunch { get; }

    /// <summary>Does something with the kernel's type, which is known here alone.</summary>
    /// <param name="use">What to do.</param>
    /// <typeparam name="TResult">What comes of it.</typeparam>
    /// <returns>What <paramref name="use"/> returns.</returns>
    public abstract TResult With<TResult>(IGroupKernelUse<TResult> use);
}

/// <summary>The code of one generated type.</summary>
/// <typeparam name="TKernel">The type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class GroupCode<TKernel> : GroupCode
    where TKernel : struct, IGroupKernel
{
    /// <summary>The code and how to launch it.</summary>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    /// <param name="viewBlocks">Of each view, elements and bytes of a block, and the rows that lie together.</param>
    /// <param name="isMemoryOfLaunch">Whether the group's memory depends on the launch.</param>
    public GroupCode(delegate*<long*, LaunchShape*, void> plan, IReadOnlyList<int> viewBlocks, bool isMemoryOfLaunch)
        : base(plan, viewBlocks, isMemoryOfLaunch)
    {
    }

    /// <inheritdoc/>
    public override TResult With<TResult>(IGroupKernelUse<TResult> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.Of<TKernel>();
    }
}

/// <summary>Something done with a generated kernel's type.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroupKernelUse<TResult>
{
    /// <summary>Does it.</summary>
    /// <typeparam name="TKernel">The kernel's type.</typeparam>
    /// <returns>What comes of it.</returns>
    TResult Of<TKernel>()
        where TKernel : struct, IGroupKernel;
}

using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>
/// Launches as a CUDA graph, one after the other. What a run's launches are given is kept beside their nodes: only nodes that differ are changed, and only
/// other kernels, or more or fewer of them, are a new graph.
/// </summary>
internal sealed unsafe class CudaGraph : LaunchGraph
{
    private readonly CudaDevice device;
    private readonly CudaQueue queue;
    private Node[] nodes = new Node[64];
    private long[] values = new long[1024];
    private int nodeCount;
    private int valueCount;
    private int next;
    private bool isNew = true;
    private nint graph;
    private nint instance;
    private int released;

    public CudaGraph(CudaDevice device)
    {
        this.device = device;
        queue = device.Queue;
        queue.Retain();
    }

    ~CudaGraph() => Release();

    /// <summary>Graphs made so far.</summary>
    public int Builds { get; private set; }

    /// <summary>Nodes changed in place so far.</summary>
    public int Updates { get; private set; }

    /// <summary>Takes a launch of the current run.</summary>
    public void Add(CudaFunction function, in LaunchShape shape, ReadOnlySpan<long> arguments)
    {
        if (next < nodeCount && nodes[next].Function == function && nodes[next].Count == arguments.Length)
        {
            ref Node known = ref nodes[next++];
            Span<long> last = values.AsSpan(known.First, known.Count);
            if (known.Shape != shape || !last.SequenceEqual(arguments))
            {
                known.Shape = shape;
                arguments.CopyTo(last);
                known.IsChanged = true;
            }

            return;
        }

        // Other launches from here on.
        isNew = true;
        nodeCount = next;
        valueCount = next == 0 ? 0 : nodes[next - 1].First + nodes[next - 1].Count;
        if (nodeCount == nodes.Length)
            Array.Resize(ref nodes, 2 * nodes.Length);
        if (valueCount + arguments.Length > values.Length)
            Array.Resize(ref values, Math.Max(2 * values.Length, valueCount + arguments.Length));
        nodes[next++] = new Node { Function = function, Shape = shape, First = valueCount, Count = arguments.Length };
        arguments.CopyTo(values.AsSpan(valueCount));
        nodeCount++;
        valueCount += arguments.Length;
    }

    private protected override bool Begin()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref released) != 0, this);

        // A traced launch is waited for by itself.
        if (LaunchTracing.IsOn)
            return false;
        device.BeginRecording(this);
        next = 0;
        return true;
    }

    private protected override void End(bool isComplete)
    {
        try
        {
            if (isComplete)
                Launch();
            else
                isNew = true;
        }
        finally
        {
            device.EndRecording();
            GC.KeepAlive(this);
        }
    }

    private protected override void Release()
    {
        if (Interlocked.Exchange(ref released, 1) != 0)
            return;
        using (CudaScope scope = queue.TryEnter())
        {
            if (scope.IsEntered)
                DestroyHandles();
        }

        queue.Release();
    }

    private void Launch()
    {
        isNew |= next != nodeCount;
        nodeCount = next;
        if (nodeCount == 0)
            return;
        queue.LastKernel = nodes[nodeCount - 1].Function.KernelName;
        using CudaScope scope = queue.Enter();
        if (isNew || !Update())
            Build();
        queue.Require(queue.Driver.GraphLaunch(instance, queue.Stream), "cuGraphLaunch");
    }

    /// <summary>Changes the nodes whose launches differ from the last run's; false if the driver wants a new graph for that.</summary>
    private bool Update()
    {
        void** parameters = stackalloc void*[KernelArguments.MaxSlots];
        for (int i = 0; i < nodeCount; i++)
        {
            if (!nodes[i].IsChanged)
                continue;
            fixed (long* first = values)
            {
                CudaKernelNode described = Describe(nodes[i], first, parameters);
                if (queue.Driver.GraphExecKernelNodeSetParams(instance, nodes[i].Handle, &described) != Success)
                    return false;
            }

            nodes[i].IsChanged = false;
            Updates++;
        }

        return true;
    }

    private void Build()
    {
        DestroyHandles();
        nint created;
        queue.Require(queue.Driver.GraphCreate(&created, 0), "cuGraphCreate");
        graph = created;
        isNew = true;
        void** parameters = stackalloc void*[KernelArguments.MaxSlots];
        nint before = 0;
        fixed (long* first = values)
        {
            for (int i = 0; i < nodeCount; i++)
            {
                CudaKernelNode described = Describe(nodes[i], first, parameters);
                queue.Require(
                    queue.Driver.GraphAddKernelNode(&created, graph, i == 0 ? null : &before, i == 0 ? 0u : 1u, &described), "cuGraphAddKernelNode");
                nodes[i].Handle = before = created;
                nodes[i].IsChanged = false;
            }
        }

        queue.Require(queue.Driver.GraphInstantiate(&created, graph, 0), "cuGraphInstantiateWithFlags");
        instance = created;
        isNew = false;
        Builds++;
    }

    private static CudaKernelNode Describe(in Node node, long* values, void** parameters)
    {
        for (int i = 0; i < node.Count; i++)
            parameters[i] = values + node.First + i;
        return new CudaKernelNode
        {
            Function = node.Function.Handle,
            GridX = (uint)node.Shape.Grid0,
            GridY = (uint)node.Shape.Grid1,
            GridZ = (uint)node.Shape.Grid2,
            BlockX = (uint)node.Shape.WorkGroup,
            BlockY = 1,
            BlockZ = 1,
            SharedBytes = (uint)node.Shape.LocalBytes,
            Parameters = parameters,
        };
    }

    private void DestroyHandles()
    {
        // An instance that still runs is freed when it has finished.
        if (instance != 0)
            _ = queue.Driver.GraphExecDestroy(instance);
        if (graph != 0)
            _ = queue.Driver.GraphDestroy(graph);
        instance = 0;
        graph = 0;
    }

    private struct Node
    {
        public CudaFunction Function;
        public LaunchShape Shape;
        public int First;
        public int Count;
        public nint Handle;
        public bool IsChanged;
    }
}

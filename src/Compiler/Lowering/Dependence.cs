using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Uses, order and costs of a kernel's values: what the choice between storing a tile and recomputing it needs to know.</summary>
internal sealed class Dependence
{
    private readonly Dictionary<Value, List<Op>> _users = [];
    private readonly Dictionary<Op, int> _order = [];
    private readonly Dictionary<Op, Block> _block = [];
    private readonly Dictionary<Value, Block> _home = [];
    private readonly HashSet<string> _stored = [];

    public Dependence(Block body) => Visit(body);

    public IReadOnlyList<Op> Users(Value value) => _users.TryGetValue(value, out List<Op>? users) ? users : [];

    /// <summary>Position of an op in program order; a region's ops come before those after its op.</summary>
    public int Order(Op op) => _order[op];

    public Block BlockOf(Op op) => _block[op];

    /// <summary>Whether a region ends with the value: then it has storage of its own.</summary>
    public bool IsYielded(Value value) => Users(value).Any(u => u.Code == OpCode.Yield);

    public bool IsStored(string view) => _stored.Contains(view);

    /// <summary>Some user stands in a region below the block that defines the value.</summary>
    public bool IsUsedDeeper(Value value) => Users(value).Any(u => _block[u] != _home[value]);

    /// <summary>
    /// Whether what is made of the value element by element ends in more than one place: a store, a reduction, a product, a tile that a loop
    /// carries. All that ends in one is computed together there, once an element.
    /// </summary>
    public bool MeetsSeveral(Value value)
    {
        var seen = new HashSet<Value>();
        var ends = new HashSet<(Op, Value?)>();
        Follow(value);
        return ends.Count > 1;

        void Follow(Value current)
        {
            foreach (Op user in seen.Add(current) ? Users(current) : [])
            {
                if (user.Info.Class is OpClass.Elementwise or OpClass.Shape or OpClass.Memory && user.Results.Length > 0)
                    Follow(user.Result);
                else
                    ends.Add((user, user.Code == OpCode.Yield ? current : null));
            }
        }
    }

    /// <summary>The last op that may read the value, directly or by recomputing something made of it.</summary>
    public int LastUse(Value value)
    {
        int last = -1;
        foreach (Op user in Users(value))
        {
            last = Math.Max(last, _order[user]);
            if (user.Info.Class is OpClass.Elementwise or OpClass.Shape or OpClass.Memory && user.Results.Length > 0)
                last = Math.Max(last, LastUse(user.Result));
        }

        return last;
    }

    /// <summary>
    /// Whether recomputing <paramref name="value"/> reads <paramref name="target"/>, at the same element only if <paramref name="elementwiseOnly"/>
    /// holds. <paramref name="kept"/> has storage of its own and is not recomputed, nor is what a region yields: it is stored where it is defined.
    /// </summary>
    public bool Reads(Value value, Value target, Value kept, out bool elementwiseOnly)
    {
        bool sameElement = true;
        bool found = Walk(value, true);
        elementwiseOnly = sameElement;
        return found;

        bool Walk(Value current, bool identity)
        {
            if (ReferenceEquals(current, target))
            {
                sameElement &= identity;
                return true;
            }

            if (ReferenceEquals(current, kept) || IsYielded(current) || current.Type.IsScalar || current.Definition is not { } op || op.Info.Class is OpClass.Across or OpClass.Control && op.Code != OpCode.Gather)
                return false;
            bool reads = false;
            foreach (Value operand in op.Operands)
                reads |= Walk(operand, identity && op.Info.Class is OpClass.Elementwise && operand.Type.Shape.SequenceEqual(value.Type.Shape));
            return reads;
        }
    }

    private void Visit(Block block)
    {
        foreach (Value argument in block.Arguments)
            _home[argument] = block;
        foreach (Op op in block.Ops)
        {
            _block[op] = block;
            foreach (Value operand in op.Operands)
            {
                if (!_users.TryGetValue(operand, out List<Op>? users))
                    _users[operand] = users = [];
                users.Add(op);
            }

            foreach (Value result in op.Results)
                _home[result] = block;
            if (op.Code == OpCode.Store)
                _stored.Add(op.Attr<MemoryAccess>().View);
            foreach (Block region in op.Regions)
                Visit(region);
            _order[op] = _order.Count;
        }
    }
}

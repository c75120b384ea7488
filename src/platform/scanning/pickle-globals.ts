/** What a name that a pickle imports means: nothing, a class of a known library, anything, or running code. */
export type GlobalJudgement = "harmless" | "library" | "unknown" | "dangerous";

const HARMLESS = new Set(
  `collections.OrderedDict collections.defaultdict collections.deque collections.Counter
builtins.set builtins.frozenset builtins.dict builtins.list builtins.tuple builtins.int builtins.float builtins.complex
builtins.bytes builtins.bytearray builtins.str builtins.bool builtins.slice builtins.range builtins.object
__builtin__.set __builtin__.frozenset __builtin__.dict __builtin__.list __builtin__.tuple __builtin__.int
__builtin__.long __builtin__.float __builtin__.complex __builtin__.unicode __builtin__.str __builtin__.bytearray
__builtin__.object __builtin__.slice __builtin__.xrange __builtin__.bool
_codecs.encode copyreg._reconstructor copy_reg._reconstructor
datetime.datetime datetime.date datetime.time datetime.timedelta datetime.timezone decimal.Decimal fractions.Fraction uuid.UUID
pathlib.Path pathlib.PosixPath pathlib.PurePosixPath pathlib.WindowsPath pathlib.PureWindowsPath
numpy.ndarray numpy.dtype numpy.core.multiarray._reconstruct numpy.core.multiarray.scalar numpy.core.numeric._frombuffer
numpy._core.multiarray._reconstruct numpy._core.multiarray.scalar numpy._core.numeric._frombuffer
numpy.ma.core._mareconstruct numpy.random._pickle.__randomstate_ctor numpy.random._pickle.__generator_ctor
numpy.random._pickle.__bit_generator_ctor numpy.random._mt19937.MT19937 numpy.random._pcg64.PCG64
torch.Size torch.device torch.Tensor torch.Generator torch.FloatStorage torch.HalfStorage torch.DoubleStorage
torch.LongStorage torch.IntStorage torch.ShortStorage torch.CharStorage torch.ByteStorage torch.BoolStorage
torch.BFloat16Storage torch.ComplexFloatStorage torch.ComplexDoubleStorage torch.QInt8Storage torch.QUInt8Storage torch.QInt32Storage
torch.storage.UntypedStorage torch.storage.TypedStorage torch.storage._load_from_bytes torch.serialization._get_layout
torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2 torch._utils._rebuild_tensor_v3 torch._utils._rebuild_parameter
torch._utils._rebuild_parameter_with_state torch._utils._rebuild_sparse_tensor torch._utils._rebuild_qtensor
torch._utils._rebuild_meta_tensor_no_storage torch._utils._rebuild_device_tensor_from_numpy torch._tensor._rebuild_from_type_v2
torch.nn.parameter.Parameter torch.nn.parameter.Buffer torch.jit._pickle.build_intlist torch.jit._pickle.build_tensorlist
torch.jit._pickle.build_doublelist torch.jit._pickle.build_boollist torch.jit._pickle.restore_type_tag
scipy.sparse._csr.csr_matrix scipy.sparse.csr.csr_matrix scipy.sparse._csc.csc_matrix scipy.sparse.csc.csc_matrix
argparse.Namespace types.SimpleNamespace`.split(/\s+/),
);
// `torch.float32` and the like.
const TORCH_TYPE =
  /^torch\.(?:u?int\d{1,2}|b?float\d{1,2}(?:_\w{1,8})?|bfloat16|half|double|float|long|int|short|bool|complex\d{2,3}|qu?int\d{1,2}|strided|sparse_\w{1,4})$/;
const NUMPY_TYPE =
  /^numpy\.(?:u?int\d{1,2}|float\d{1,3}|complex\d{2,3}|bool_?|str_|bytes_|datetime64|timedelta64|object_)$/;
/** Classes that hold data and come with the large libraries; making one runs that library's own code. */
const LIBRARY =
  /^(?:sklearn\.(?:linear_model|tree|ensemble|svm|neighbors|naive_bayes|preprocessing|pipeline|compose|decomposition|feature_extraction|feature_selection|impute|cluster|model_selection|calibration|neural_network|discriminant_analysis|mixture|metrics|utils)\.[\w.]{1,80}|torch\.nn\.modules\.[\w.]{1,80}|torch\.optim\.[\w.]{1,60}|xgboost\.(?:sklearn|core)\.\w{1,40}|lightgbm\.(?:sklearn|basic)\.\w{1,40}|pandas\.core\.[\w.]{1,80}|pandas\._libs\.[\w.]{1,80}|scipy\.(?:sparse|stats)\.[\w.]{1,60}|transformers\.(?:training_args|trainer_utils|tokenization_\w{1,20}|models)\.?[\w.]{1,80}|joblib\.numpy_pickle\.NumpyArrayWrapper)$/;
/** Classes that a TorchScript archive declares itself, in code that torch.jit reads and Python never imports. */
const TORCHSCRIPT = /^__torch__(?:\.\w{1,80}){0,20}$/;
const DANGEROUS_MODULE =
  /^(?:os|posix|nt|subprocess|sys|shutil|socket|pty|commands|popen2|runpy|importlib|imp|ctypes|_ctypes|code|codeop|pdb|bdb|timeit|trace|profile|cProfile|pip|ensurepip|webbrowser|platform|asyncio|multiprocessing|threading|_thread|signal|marshal|types|inspect|operator|_operator|functools|pickle|_pickle|cPickle|dill|cloudpickle|shelve|zipimport|pkgutil|site|venv|distutils|setuptools|requests|urllib|urllib2|http|ftplib|smtplib|telnetlib|httplib|aiohttp|paramiko|tempfile|fileinput|logging|idlelib|lib2to3|doctest|unittest|torch\.hub|torch\.utils|torch\._dynamo|torch\._inductor|torch\.distributed|torch\.jit\.unsupported|numpy\.testing|numpy\.f2py|numpy\.distutils|tensorflow|keras|bdist|antigravity|gc|atexit|builtins\.\w{1,20}|test\.support|getpass|glob|io|_io|ssl|ast|builtins_|collections\.\w{1,20}\._sys)(?:\.|$)/;
const DANGEROUS_BUILTIN =
  /^(?:builtins|__builtin__)\.(?:eval|exec|execfile|compile|open|file|getattr|setattr|delattr|__import__|input|globals|locals|vars|apply|map|filter|reduce|breakpoint|memoryview|type|super|reload|__build_class__|classmethod|property)$/;

/** Decides by what is known to be harmless, never by what is known to be harmful: that list only raises the severity. */
export function judgeGlobal(module: string, name: string): GlobalJudgement {
  const full = `${module}.${name}`;
  if (HARMLESS.has(full) || TORCH_TYPE.test(full) || NUMPY_TYPE.test(full)) return "harmless";
  if (TORCHSCRIPT.test(module) && /^[A-Za-z]\w{0,80}$/.test(name)) return "library";
  // A dotted name reaches through the module to something else: `collections` and `_sys.modules`.
  if (
    DANGEROUS_BUILTIN.test(full) ||
    DANGEROUS_MODULE.test(module) ||
    /(?:^|\.)_?_?(?:sys|os|builtins)(?:\.|$)|__/.test(name)
  ) {
    return "dangerous";
  }
  if (name.includes(".")) return "unknown";
  return LIBRARY.test(full) ? "library" : "unknown";
}

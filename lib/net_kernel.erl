%% The network of a node that has none.
-module(net_kernel).
-export([start/1, start/2, stop/0, connect_node/1, monitor_nodes/1, monitor_nodes/2, allow/1, allowed/0, get_state/0]).
-export([nodename/0, longnames/0, get_net_ticktime/0, set_net_ticktime/1, set_net_ticktime/2, getopts/2, setopts/2]).
-export([node_info/1, node_info/2, nodes_info/0, dflag_unicode_io/1]).

-spec start(term()) -> {error, not_supported}.
start(_) -> {error, not_supported}.

-spec start(atom(), map()) -> {error, not_supported}.
start(_, _) -> {error, not_supported}.

-spec stop() -> {error, not_found}.
stop() -> {error, not_found}.

-spec connect_node(node()) -> boolean() | ignored.
connect_node(Node) when Node =:= node() -> true;
connect_node(_) -> ignored.

-spec monitor_nodes(boolean()) -> ok.
monitor_nodes(Flag) when is_boolean(Flag) -> ok.

-spec monitor_nodes(boolean(), term()) -> ok.
monitor_nodes(Flag, _) when is_boolean(Flag) -> ok.

-spec allow([node()]) -> ignored.
allow(_) -> ignored.

-spec allowed() -> ignored.
allowed() -> ignored.

-spec get_state() -> #{started := no}.
get_state() -> #{started => no}.

-spec nodename() -> node().
nodename() -> node().

-spec longnames() -> ignored.
longnames() -> ignored.

-spec get_net_ticktime() -> ignored.
get_net_ticktime() -> ignored.

-spec set_net_ticktime(pos_integer()) -> unchanged.
set_net_ticktime(_) -> unchanged.

-spec set_net_ticktime(pos_integer(), non_neg_integer()) -> unchanged.
set_net_ticktime(_, _) -> unchanged.

-spec getopts(node(), [atom()]) -> ignored.
getopts(_, _) -> ignored.

-spec setopts(node() | new, [term()]) -> ignored.
setopts(_, _) -> ignored.

-spec node_info(node()) -> {error, bad_node}.
node_info(_) -> {error, bad_node}.

-spec node_info(node(), atom()) -> {error, bad_node}.
node_info(_, _) -> {error, bad_node}.

-spec nodes_info() -> {ok, []}.
nodes_info() -> {ok, []}.

%% Whether the node of this process understands Unicode in the io protocol.
-spec dflag_unicode_io(pid()) -> true.
dflag_unicode_io(_) -> true.

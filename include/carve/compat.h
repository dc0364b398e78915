/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the newest kernel and 6.12, and nothing else: the code
 * is written for the newest.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_COMPAT_H
#define _CARVE_COMPAT_H

#include <linux/dim.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <net/devlink.h>
#include <net/xdp.h>

/* Symbol namespaces became strings in 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define CARVE_NS			CARVE
#else
#define CARVE_NS			"CARVE"
#endif

#define CARVE_IMPORT			MODULE_IMPORT_NS(CARVE_NS)

#ifndef timer_container_of
#define timer_container_of		from_timer
#endif

/* The counter's read function may change it since 6.17. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define CARVE_CYCLECOUNTER_CONST	const
#else
#define CARVE_CYCLECOUNTER_CONST
#endif

/* net_dim() takes its sample by reference since 6.13. */
static inline void carve_net_dim(struct dim *dim, struct dim_sample *sample)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	net_dim(dim, *sample);
#else
	net_dim(dim, sample);
#endif
}

/* NAPI settings that outlive the NAPI came with 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
netif_napi_add_config(struct net_device *dev, struct napi_struct *napi,
		      int (*poll)(struct napi_struct *, int), int index)
{
	netif_napi_add(dev, napi, poll);
}
#endif

/* A socket finds the NAPI to poll by the queue since 6.13. */
static inline void carve_rxq_set_napi(struct xdp_rxq_info *rxq,
				      const struct napi_struct *napi)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	rxq->napi_id = napi ? napi->napi_id : 0;
#endif
}

/*
 * What traffic is hashed on, and the number of Rx rings, have operations of
 * their own since 6.17 and 6.18; before, they are commands of get_rxnfc and
 * set_rxnfc. 6.17 asks get_rxnfc for the number alone.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define CARVE_RXFH_FIELDS_IN_RXNFC

struct ethtool_rxfh_fields {
	u32 data;
	u32 flow_type;
	u32 rss_context;
};

static inline int
carve_set_rxnfc(struct net_device *netdev, const struct ethtool_rxnfc *rxnfc,
		int (*set)(struct net_device *,
			   const struct ethtool_rxfh_fields *,
			   struct netlink_ext_ack *))
{
	const struct ethtool_rxfh_fields fields = {
		.data = rxnfc->data,
		.flow_type = rxnfc->flow_type,
	};

	if (rxnfc->cmd != ETHTOOL_SRXFH)
		return -EOPNOTSUPP;
	return set(netdev, &fields, NULL);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define CARVE_RX_RING_COUNT_IN_RXNFC

static inline int
carve_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *rxnfc,
		int (*get)(struct net_device *, struct ethtool_rxfh_fields *),
		u32 (*count)(struct net_device *))
{
	struct ethtool_rxfh_fields fields = { .flow_type = rxnfc->flow_type };
	int err = 0;

	if (rxnfc->cmd == ETHTOOL_GRXRINGS)
		fields.data = count(netdev);
	else if (rxnfc->cmd == ETHTOOL_GRXFH)
		err = get(netdev, &fields);
	else
		err = -EOPNOTSUPP;
	rxnfc->data = fields.data;
	return err;
}
#endif

/*
 * devlink gives the netdev of a physical port a phys_port_name, of which udev
 * would make another name for the netdev than it has with stock igb. A port
 * can opt out since 6.18; before, only one that has no attributes is left alone
 * and is shown without its flavour.
 */
static inline void
carve_devlink_port_attrs_set(struct devlink_port *port,
			     struct devlink_port_attrs *attrs)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	attrs->no_phys_port_name = true;
	devlink_port_attrs_set(port, attrs);
#endif
}

/* Reading a parameter can say why it failed since 6.19. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define CARVE_PARAM_GET_ARGS						\
	struct devlink *devlink, u32 id, struct devlink_param_gset_ctx *ctx
#else
#define CARVE_PARAM_GET_ARGS						\
	struct devlink *devlink, u32 id,				\
	struct devlink_param_gset_ctx *ctx, struct netlink_ext_ack *extack
#endif

/* The grace period of health reporters is in their operations since 6.18. */
static inline struct devlink_health_reporter *
carve_reporter_create(struct devlink *devlink,
		      const struct devlink_health_reporter_ops *ops, void *priv)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	return devl_health_reporter_create(devlink, ops, 0, priv);
#else
	return devl_health_reporter_create(devlink, ops, priv);
#endif
}

static inline struct devlink_health_reporter *
carve_port_reporter_create(struct devlink_port *port,
			   const struct devlink_health_reporter_ops *ops,
			   void *priv)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	return devl_port_health_reporter_create(port, ops, 0, priv);
#else
	return devl_port_health_reporter_create(port, ops, priv);
#endif
}

/* The state of a PCS is asked for with the kind of negotiation since 6.14. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define CARVE_PCS_STATE_WITHOUT_MODE
#endif

#endif /* _CARVE_COMPAT_H */

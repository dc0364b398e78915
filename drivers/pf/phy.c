// SPDX-License-Identifier: GPL-2.0
/*
 * MDIO bus over MDIC. The MDIO core's bus lock makes one caller at a time;
 * against firmware and the other port the chip has semaphores: SWSM guards
 * SW_FW_SYNC, whose bit is held during the access. All waits sleep and end.
 *
 * Behind the PHY there may be a management controller (BMC) as well, whose link
 * it is when the host has none: then the PHY is never powered down.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/iopoll.h>
#include <linux/phy.h>

#include <carve/io.h>

#include "pf.h"
#include "phy.h"

/* The internal PHY of either port. */
#define CARVE_PHY_ADDR			1

#define CARVE_SWSM_POLL_US		50
#define CARVE_SWSM_TIMEOUT_US		100000
/* Firmware may keep the PHY that long. */
#define CARVE_SYNC_POLL_US		5000
#define CARVE_SYNC_TIMEOUT_US		1000000
#define CARVE_MDIC_POLL_US		50
#define CARVE_MDIC_TIMEOUT_US		100000
#define CARVE_PHY_RETRY			(2 * HZ)

static bool swsm_smbi_taken(struct carve_nic *nic)
{
	/* A read that finds the bit clear has set it: it is ours. */
	return !(carve_rd32(nic, CARVE_SWSM) & CARVE_SWSM_SMBI);
}

static bool swsm_swesmbi_taken(struct carve_nic *nic)
{
	u32 swsm = carve_rd32(nic, CARVE_SWSM);

	/* Sticks only while firmware does not hold it. */
	carve_wr32(nic, CARVE_SWSM, swsm | CARVE_SWSM_SWESMBI);

	return carve_rd32(nic, CARVE_SWSM) & CARVE_SWSM_SWESMBI;
}

static void swsm_put(struct carve_nic *nic)
{
	carve_rmw32(nic, CARVE_SWSM, CARVE_SWSM_SMBI | CARVE_SWSM_SWESMBI, 0);
}

static int swsm_get(struct carve_nic *nic)
{
	bool taken;
	int err;

	err = read_poll_timeout(swsm_smbi_taken, taken, taken,
				CARVE_SWSM_POLL_US, CARVE_SWSM_TIMEOUT_US,
				false, nic);
	if (err)
		return err;

	err = read_poll_timeout(swsm_swesmbi_taken, taken, taken,
				CARVE_SWSM_POLL_US, CARVE_SWSM_TIMEOUT_US,
				false, nic);
	if (err)
		swsm_put(nic);

	return err;
}

static u32 phy_sync_bits(const struct carve_pf *pf)
{
	u32 ours = CARVE_SW_FW_SYNC_PHY(pf->lan);

	return ours | ours << CARVE_SW_FW_SYNC_FW_SHIFT;
}

/* Return: 1 when taken, 0 when somebody else has it, -ERRNO. */
static int phy_try_get(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	bool is_free;
	u32 sync;
	int err;

	err = swsm_get(nic);
	if (err)
		return err;

	sync = carve_rd32(nic, CARVE_SW_FW_SYNC);
	is_free = !(sync & phy_sync_bits(pf));
	if (is_free)
		carve_wr32(nic, CARVE_SW_FW_SYNC,
			   sync | CARVE_SW_FW_SYNC_PHY(pf->lan));
	swsm_put(nic);

	return is_free;
}

static int phy_get(struct carve_pf *pf)
{
	int ret, err;

	if (carve_nic_is_gone(&pf->nic))
		return -ENODEV;

	err = read_poll_timeout(phy_try_get, ret, ret, CARVE_SYNC_POLL_US,
				CARVE_SYNC_TIMEOUT_US, false, pf);
	if (err)
		return err;

	return ret < 0 ? ret : 0;
}

static void phy_put(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	int err;

	/*
	 * Without SWSM the bit must go all the same: a lock left behind would
	 * shut out everybody for good.
	 */
	err = swsm_get(nic);
	if (err)
		dev_warn_ratelimited(&nic->pdev->dev, "SWSM is stuck: %pe\n",
				     ERR_PTR(err));
	carve_rmw32(nic, CARVE_SW_FW_SYNC, CARVE_SW_FW_SYNC_PHY(pf->lan), 0);
	if (!err)
		swsm_put(nic);
}

/* Return: data read, or -ERRNO. */
static int mdic_access(struct carve_nic *nic, int addr, int reg, u32 op)
{
	u32 mdic;
	int err;

	carve_wr32(nic, CARVE_MDIC, FIELD_PREP(CARVE_MDIC_REG, reg) |
				    FIELD_PREP(CARVE_MDIC_PHY, addr) | op);
	err = carve_poll32(nic, CARVE_MDIC, CARVE_MDIC_READY,
			   CARVE_MDIC_READY, CARVE_MDIC_POLL_US,
			   CARVE_MDIC_TIMEOUT_US);
	if (err)
		return err;

	mdic = carve_rd32(nic, CARVE_MDIC);
	if (mdic & CARVE_MDIC_ERROR)
		return -EIO;

	return FIELD_GET(CARVE_MDIC_DATA, mdic);
}

static int phy_try_access(struct carve_pf *pf, int addr, int reg, u32 op)
{
	int ret;

	ret = phy_get(pf);
	if (ret)
		return ret;

	ret = mdic_access(&pf->nic, addr, reg, op);
	phy_put(pf);

	return ret;
}

/* Told when it begins and when it is over; between, phylib asks many times. */
static void phy_note_kept(struct carve_pf *pf, int err)
{
	struct pci_dev *pdev = pf->nic.pdev;
	bool is_kept = err;

	if (is_kept == pf->link.phy_is_kept)
		return;
	pf->link.phy_is_kept = is_kept;
	if (is_kept)
		pci_warn(pdev, "PHY can't be reached: %pe; a change of the link is not seen\n",
			 ERR_PTR(err));
	else
		pci_info(pdev, "PHY can be reached again\n");
}

/*
 * phylib takes a failure for final, and the link down, unless it is -ENODEV;
 * but who keeps us from the PHY lets go of it some time. What could not be read
 * now has to be looked at later: no interrupt will say so.
 */
static int phy_access(struct carve_pf *pf, int addr, int reg, u32 op)
{
	int ret;

	ret = phy_try_access(pf, addr, reg, op);
	/* The PHY's own error, such as for a register that it lacks. */
	if (ret >= 0 || ret == -EIO) {
		phy_note_kept(pf, 0);
		return ret;
	}

	if (carve_nic_is_gone(&pf->nic))
		return -ENODEV;

	phy_note_kept(pf, ret);
	schedule_delayed_work(&pf->link.phy_retry, CARVE_PHY_RETRY);

	return -ENODEV;
}

static void phy_retry_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(to_delayed_work(work),
					   struct carve_pf, link.phy_retry);

	if (pf->link.phydev)
		phy_mac_interrupt(pf->link.phydev);
}

/* Does a management controller get its frames over this port? */
static bool phy_is_shared(struct carve_pf *pf)
{
	return carve_rd32(&pf->nic, CARVE_FWSM) & CARVE_FWSM_MODE &&
	       carve_rd32(&pf->nic, CARVE_MANC) & CARVE_MANC_RCV_TCO_EN;
}

static int phy_bus_read(struct mii_bus *bus, int addr, int reg)
{
	return phy_access(bus->priv, addr, reg, CARVE_MDIC_OP_READ);
}

static int phy_bus_write(struct mii_bus *bus, int addr, int reg, u16 val)
{
	int ret;

	if (reg == MII_BMCR && val & BMCR_PDOWN && phy_is_shared(bus->priv))
		val &= ~BMCR_PDOWN;
	ret = phy_access(bus->priv, addr, reg, CARVE_MDIC_OP_WRITE |
			 FIELD_PREP(CARVE_MDIC_DATA, val));

	return ret < 0 ? ret : 0;
}

static struct mii_bus *phy_bus_alloc(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	struct mii_bus *bus;

	bus = mdiobus_alloc();
	if (!bus)
		return NULL;

	bus->name = "carve MDIO";
	snprintf(bus->id, MII_BUS_ID_SIZE, "carve-%s", pci_name(pdev));
	bus->parent = &pdev->dev;
	bus->priv = pf;
	bus->read = phy_bus_read;
	bus->write = phy_bus_write;
	bus->phy_mask = (u32)~BIT(CARVE_PHY_ADDR);
	bus->irq[CARVE_PHY_ADDR] = PHY_MAC_INTERRUPT;

	return bus;
}

void carve_pf_phy_forget_retry(struct carve_pf *pf)
{
	cancel_delayed_work_sync(&pf->link.phy_retry);
}

int carve_pf_phy_init(struct carve_pf *pf)
{
	struct mii_bus *bus;
	int err;

	bus = phy_bus_alloc(pf);
	if (!bus)
		return -ENOMEM;

	INIT_DELAYED_WORK(&pf->link.phy_retry, phy_retry_work);
	err = mdiobus_register(bus);
	if (err)
		goto err_free_bus;

	pf->link.phydev = phy_find_first(bus);
	if (!pf->link.phydev) {
		err = -ENODEV;
		goto err_unregister_bus;
	}
	pf->link.mdio = bus;

	return 0;

err_unregister_bus:
	mdiobus_unregister(bus);
err_free_bus:
	carve_pf_phy_forget_retry(pf);
	mdiobus_free(bus);
	return err;
}

void carve_pf_phy_fini(struct carve_pf *pf)
{
	disable_delayed_work_sync(&pf->link.phy_retry);
	mdiobus_unregister(pf->link.mdio);
	mdiobus_free(pf->link.mdio);
}
